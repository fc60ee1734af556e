import * as z from 'zod';
import {
  CACHE_CLASSES,
  LOCATIONS,
  TRUSTS,
  type Made,
  type Manifest,
  type ManifestFile,
} from '../state/manifest.ts';
import { orderSettings, settingsDigestOf, settingsSchema } from './settings-text.ts';

const SHA256_BYTES = 32;
const MD5_BYTES = 16;

const text = z.string().optional();

const schema = z.object({
  version: z.literal(2),
  app: z.string(),
  build: z.string(),
  settings: settingsSchema,
  made: z
    .object({
      at: z.string(),
      trust: z.enum(TRUSTS),
      commit: text,
      ref: text,
      run: text,
      tool: text,
      adopted: z.literal(true).optional(),
    })
    .optional(),
  kinds: z.array(z.tuple([z.enum(LOCATIONS), z.enum(CACHE_CLASSES), z.string()])),
  files: z.array(z.unknown()),
});

type Row = readonly [
  path: string,
  size: number,
  sha256: string,
  etag: string,
  kind: number,
  partSize?: number,
];

/**
 * Canonical: fields in one order, kinds and files sorted, one file per line. A file is its path, size,
 * SHA-256, ETag, the number of its kind and, when it was sent in parts, their size:
 * `["assets/a-1f.js",512,"<43 characters>","<22 characters>",1]`.
 */
export function renderVersion2(manifest: Manifest): string {
  const { app, build, settings, made, files } = manifest;
  const kinds = [...new Set(files.map(kindOf))].toSorted();
  const numbers = new Map(kinds.map((kind, index) => [kind, index]));
  const head = JSON.stringify({
    version: 2,
    app,
    build,
    settings: orderSettings(settings),
    settingsDigest: settingsDigestOf(settings),
    ...(made !== undefined && { made: orderMade(made) }),
  });
  const lines = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => renderRow(file, numbers.get(kindOf(file))));
  return `${head.slice(0, -1)},"kinds":[${kinds.join(',')}],"files":[\n${lines.join(',\n')}\n]}\n`;
}

/** Throws (ZodError or Error) on what is no manifest of this version. */
export function parseVersion2(value: unknown): Manifest {
  const { version, app, build, settings, made, kinds, files } = schema.parse(value);
  const read = files.map((row, index): ManifestFile => {
    if (!isRow(row)) throw new Error(`files.${index}: not as it should be`);
    const [path, size, sha256, etag, number, partSize] = row;
    const kind = kinds[number];
    if (kind === undefined)
      throw new Error(`files: ${path} is of kind ${number}, which is missing`);
    const [location, cacheClass, contentType] = kind;
    return {
      path,
      location,
      size,
      sha256: unpackHex(sha256, SHA256_BYTES),
      etag: unpackHex(etag, MD5_BYTES),
      contentType,
      cacheClass,
      ...(partSize !== undefined && { partSize }),
    };
  });
  const facts = made === undefined ? {} : { made: orderMade(made) };
  return { version, app, build, settings, ...facts, files: read };
}

/** Not by a schema: for 10,000 files that took half of all the time of reading a manifest. */
function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || row.length > 6) return false;
  const [path, size, sha256, etag, kind, partSize]: readonly unknown[] = row;
  const texts = typeof path === 'string' && typeof sha256 === 'string' && typeof etag === 'string';
  return texts && isCount(size) && isCount(kind) && (partSize === undefined || isCount(partSize));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function kindOf({ location, cacheClass, contentType }: ManifestFile): string {
  return `["${location}","${cacheClass}",${JSON.stringify(contentType)}]`;
}

function renderRow(file: ManifestFile, kind: number | undefined): string {
  const { path, size, sha256, etag, partSize } = file;
  const hashes = [packHex(sha256, SHA256_BYTES), packHex(etag, MD5_BYTES)];
  return JSON.stringify([
    path,
    size,
    ...hashes,
    kind,
    ...(partSize === undefined ? [] : [partSize]),
  ]);
}

/** Fields that are absent stay so, whether they are missing or undefined. */
function orderMade(made: { readonly [Name in keyof Made]: Made[Name] | undefined }): Made {
  const { at = '', trust = 'protected', commit, ref, run, tool, adopted } = made;
  return {
    at,
    trust,
    ...(commit !== undefined && { commit }),
    ...(ref !== undefined && { ref }),
    ...(run !== undefined && { run }),
    ...(tool !== undefined && { tool }),
    ...(adopted !== undefined && { adopted }),
  };
}

/** A third shorter than hex. An ETag of parts (`9b2c...-3`) is no hash: it stays as it is, after a colon. */
function packHex(hex: string, bytes: number): string {
  const isHash = hex.length === 2 * bytes && /^[0-9a-f]+$/.test(hex);
  return isHash ? Buffer.from(hex, 'hex').toString('base64url') : `:${hex}`;
}

function unpackHex(packed: string, bytes: number): string {
  if (packed.startsWith(':')) return packed.slice(1);
  const hash = Buffer.from(packed, 'base64url');
  if (hash.length === bytes && /^[\w-]+$/.test(packed)) return hash.toString('hex');
  throw new Error(`files: ${JSON.stringify(packed)} is no hash of ${bytes} bytes`);
}
