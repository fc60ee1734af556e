import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Probe, Probed } from '../../../../ports/probe.ts';
import type { Scratch } from '../scratch.ts';
import { waitFor } from '../wait.ts';

const TIMEOUT_MILLISECONDS = 40_000;
const LATEST_MILLISECONDS = 300_000;
/** The end of every key that is asked for, and isn't there. */
const MISSING = '*missing';
export const POLL_MILLISECONDS = 250;

/** A bucket of pages that a distribution shows. */
export interface Site {
  readonly bucket: string;
  put(key: string, body: string, cacheControl?: string): Promise<void>;
  /**
   * This distribution may read, and list: without that S3 says 403 of what isn't there. `anybodys`: a key that anybody
   * may read who comes as this distribution, instead of the distribution itself.
   */
  letIn(distribution: string, anybodys?: string): Promise<void>;
}

export async function createSite(s3: S3Client, scratch: Scratch, Bucket: string): Promise<Site> {
  scratch.keep(`bucket ${Bucket}`, () => s3.send(new DeleteBucketCommand({ Bucket })));
  await s3.send(new CreateBucketCommand({ Bucket }));
  const keys: string[] = [];
  return {
    bucket: Bucket,
    async put(Key, Body, CacheControl) {
      scratch.keep(`${Key} of ${Bucket}`, () => s3.send(new DeleteObjectCommand({ Bucket, Key })));
      keys.push(Key);
      const page = { Bucket, Key, Body, ContentType: 'text/html' };
      await s3.send(new PutObjectCommand({ ...page, ...(CacheControl && { CacheControl }) }));
    },
    async letIn(distribution, anybodys) {
      const Policy = composePolicy(Bucket, { distribution, anybodys, keys });
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    },
  };
}

interface Guests {
  readonly distribution: string;
  readonly anybodys: string | undefined;
  readonly keys: readonly string[];
}

function composePolicy(bucket: string, { distribution, anybodys, keys }: Guests): string {
  const arn = `arn:aws:s3:::${bucket}`;
  const Condition = { StringEquals: { 'AWS:SourceArn': distribution } };
  const Principal = { Service: 'cloudfront.amazonaws.com' };
  const common = { Effect: 'Allow', Principal, Condition };
  // What isn't there has to be permitted, too, to be a 404.
  const named = [MISSING, ...keys].filter((key) => key !== anybodys);
  const open = (anybodys === undefined ? ['*'] : named).map((key) => `${arn}/${key}`);
  const read = { Action: 's3:GetObject' };
  const star = { ...common, ...read, Principal: '*', Resource: `${arn}/${anybodys}` };
  const Statement = [
    { ...common, ...read, Resource: open },
    { ...common, Action: 's3:ListBucket', Resource: arn },
    ...(anybodys === undefined ? [] : [star]),
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export type Answer = Exclude<Probed, { readonly error: string }>;
/** Each over a connection of its own. */
export type Visit = (path: string, cookie?: string) => Promise<Answer>;

export function openVisit(
  { visitor, signal }: { readonly visitor: Probe; readonly signal: AbortSignal },
  domain: string,
): Visit {
  return async (path, cookie) => {
    signal.throwIfAborted();
    const options = { timeoutMilliseconds: TIMEOUT_MILLISECONDS, ...(cookie && { cookie }) };
    const answer = await visitor.get(`https://${domain}${path}`, options);
    if ('error' in answer) throw new Error(`${domain}${path}: ${answer.error}`);
    return answer;
  };
}

/** The policy of the bucket came last, and DNS takes its time. */
export async function waitForPage(visit: Visit, path: string, signal: AbortSignal): Promise<void> {
  let last: unknown;
  const found = await waitFor(
    async () => {
      last = await visit(path).then(
        ({ status }) => status,
        (error: unknown) => error,
      );
      return last === 200 ? last : undefined;
    },
    { signal, pause: POLL_MILLISECONDS, most: LATEST_MILLISECONDS },
  );
  if (found === undefined) throw new Error(`The page is never there: ${String(last)}`);
}
