import { XMLParser } from 'fast-xml-parser';
import { ServiceError } from '../../service.ts';
import { errors } from '../errors.ts';
import type { Part, Upload } from './upload-store.ts';

const SMALLEST_PART = 5 * 2 ** 20;

/** A part as the completion names it. */
interface Named {
  readonly PartNumber?: string;
  readonly ETag?: string;
  readonly [name: string]: string | undefined;
}

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Part' });

export function readCompletion(body: Buffer): readonly Named[] {
  let parsed: { CompleteMultipartUpload?: { Part?: readonly Named[] } };
  try {
    parsed = parser.parse(body, true) as typeof parsed;
  } catch (error) {
    if (error instanceof Error) throw errors.malformedXml();
    throw error;
  }
  const parts = parsed.CompleteMultipartUpload?.Part ?? [];
  if (parts.length === 0) throw errors.malformedXml();
  return parts;
}

/** The parts that the object is made of; whatever else was sent is dropped. */
export function selectParts(upload: Upload, named: readonly Named[]): readonly Part[] {
  checkOrder(upload, named);
  const parts = named.map((one) => findPart(upload, one));
  for (const part of parts.slice(0, -1)) {
    if (part.size < SMALLEST_PART) throw tooSmall(part);
  }
  return parts;
}

/** Ascending; where parts have checksums, 1, 2, 3 (documented). */
function checkOrder({ algorithm }: Upload, named: readonly Named[]): void {
  const numbers = named.map(({ PartNumber }) => Number(PartNumber));
  const isRight = numbers.every((number, index) =>
    algorithm === undefined ? number > (numbers[index - 1] ?? 0) : number === index + 1,
  );
  if (isRight) return;
  throw new ServiceError(
    400,
    'InvalidPartOrder',
    'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
  );
}

function findPart({ parts, algorithm }: Upload, named: Named): Part {
  const part = parts.find(({ number }) => String(number) === named.PartNumber);
  if (algorithm !== undefined) {
    const sum = named[`Checksum${algorithm.toUpperCase()}`];
    if (sum === undefined) {
      throw errors.invalidRequest(
        `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${named.PartNumber} in the request.`,
      );
    }
    if (part !== undefined && sum !== part.checksums[algorithm]) throw invalidPart(named);
  }
  if (part === undefined || bare(part.etag) !== bare(named.ETag ?? '')) throw invalidPart(named);
  return part;
}

function bare(etag: string): string {
  return etag.replaceAll(/"|&quot;/g, '');
}

function invalidPart({ PartNumber = '', ETag = '' }: Named): ServiceError {
  return new ServiceError(
    400,
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { PartNumber, ETag },
  );
}

function tooSmall({ number, size, etag }: Part): ServiceError {
  return new ServiceError(
    400,
    'EntityTooSmall',
    'Your proposed upload is smaller than the minimum allowed size',
    {
      ProposedSize: String(size),
      MinSizeAllowed: String(SMALLEST_PART),
      PartNumber: String(number),
      ETag: bare(etag),
    },
  );
}
