import { crc32, inflateRawSync } from 'node:zlib';

/** Why bytes are no archive that this reader, or Lambda, can unpack. */
export class BadZip extends Error {
  constructor(why: string) {
    super(`not a readable zip file: ${why}`);
    this.name = 'BadZip';
  }
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
/** A size or offset of this value lives in a ZIP64 record. */
const ZIP64 = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files in an archive: stored or deflated, not encrypted, no ZIP64. `limit` is how many bytes
 * they may have together, unpacked. Throws BadZip.
 */
export function readZip(archive: Buffer, limit: number): ReadonlyMap<string, Buffer> {
  const end = findEnd(archive);
  const files = new Map<string, Buffer>();
  let position = archive.readUInt32LE(end + 16);
  let left = limit;
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    const entry = readEntry(archive, position);
    position = entry.next;
    left -= entry.size;
    if (left < 0) throw new BadZip(`its files have more than ${limit} bytes`);
    if (!entry.name.endsWith('/')) files.set(entry.name, unpack(archive, entry));
  }
  return files;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  readonly crc: number;
  /** Where the file's own header is. */
  readonly offset: number;
  /** Where the next entry is. */
  readonly next: number;
}

/** The end record is the last thing in the file but for a comment of up to 65,535 bytes. */
function findEnd(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_BYTES - 0xffff);
  for (let position = archive.length - END_BYTES; position >= first; position -= 1) {
    if (archive.readUInt32LE(position) === END_SIGNATURE) return position;
  }
  throw new BadZip('it has no end record');
}

function readEntry(archive: Buffer, position: number): Entry {
  expectSignature(archive, { position, bytes: ENTRY_BYTES, signature: ENTRY_SIGNATURE });
  const nameEnd = position + ENTRY_BYTES + archive.readUInt16LE(position + 28);
  const next = nameEnd + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  if (next > archive.length) throw new BadZip('an entry is cut off');
  const name = archive.toString('utf8', position + ENTRY_BYTES, nameEnd);
  const entry = {
    name,
    method: archive.readUInt16LE(position + 10),
    packedSize: archive.readUInt32LE(position + 20),
    size: archive.readUInt32LE(position + 24),
    crc: archive.readUInt32LE(position + 16),
    offset: archive.readUInt32LE(position + 42),
    next,
  };
  const isEncrypted = (archive.readUInt16LE(position + 8) & 1) === 1;
  if (isEncrypted) throw new BadZip(`${name} is encrypted`);
  if ([entry.packedSize, entry.size, entry.offset].includes(ZIP64)) {
    throw new BadZip(`${name} needs ZIP64`);
  }
  return entry;
}

function unpack(archive: Buffer, entry: Entry): Buffer {
  const { name, method, packedSize, size, crc, offset } = entry;
  expectSignature(archive, { position: offset, bytes: LOCAL_BYTES, signature: LOCAL_SIGNATURE });
  const names = archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  const start = offset + LOCAL_BYTES + names;
  if (start + packedSize > archive.length) throw new BadZip(`${name} is cut off`);
  const packed = archive.subarray(start, start + packedSize);
  const content = method === DEFLATED ? inflate(name, packed, size) : packed;
  if (method !== DEFLATED && method !== STORED) {
    throw new BadZip(`${name} is packed with method ${method}`);
  }
  if (content.length !== size || crc32(content) !== crc) {
    throw new BadZip(`${name} has not the size or checksum it says`);
  }
  return content;
}

function inflate(name: string, packed: Buffer, size: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    throw new BadZip(`${name}: ${String(error)}`);
  }
}

function expectSignature(
  archive: Buffer,
  at: { readonly position: number; readonly bytes: number; readonly signature: number },
): void {
  const isInside = at.position + at.bytes <= archive.length;
  if (isInside && archive.readUInt32LE(at.position) === at.signature) return;
  throw new BadZip(`there is no header at byte ${at.position}`);
}
