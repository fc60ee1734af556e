import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { DIGEST_LENGTH, type Digest } from '../state/build.ts';
import { MANIFEST_VERSION, type Manifest } from '../state/manifest.ts';
import { parseVersion1, renderVersion1 } from './manifest-v1.ts';
import { parseVersion2, renderVersion2 } from './manifest-v2.ts';

export { parseSettings, renderSettings } from './settings-text.ts';

/** A manifest of two million files has less; a small object that unpacks to more is no manifest. */
const TEXT_BYTES_LIMIT = 256 * 2 ** 20;

/**
 * The manifest's text. Canonical: equal manifests give equal text, and thus the same digest, in any
 * bucket and from any machine.
 */
export function renderManifest(manifest: Manifest): string {
  return manifest.version === 1 ? renderVersion1(manifest) : renderVersion2(manifest);
}

/** Throws on text that is no manifest of a version that we know; `whyUnreadable` says why. */
export function parseManifest(text: string): Manifest {
  const value: unknown = JSON.parse(text);
  const version: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'version') : undefined;
  if (version === 1) return parseVersion1(value);
  if (version === 2) return parseVersion2(value);
  if (typeof version === 'number' && version > MANIFEST_VERSION) {
    throw new Error(
      `it was made by a newer Headgate (manifest version ${version}, this one reads up to ${MANIFEST_VERSION})`,
    );
  }
  throw new Error('it has no version of a manifest');
}

/** A manifest as it is stored: compressed from version 2 on. */
export interface EncodedManifest {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** The digest is that of the text: other versions of zlib may compress it otherwise. */
export function encodeManifest(manifest: Manifest): EncodedManifest {
  const text = renderManifest(manifest);
  const bytes = manifest.version === 1 ? Buffer.from(text) : gzipSync(text);
  return { bytes, digest: digestOf(text) };
}

/** Reads what is stored, of any version, told apart by the first bytes. Throws like `parseManifest`. */
export function decodeManifest(bytes: Uint8Array): { manifest: Manifest; digest: Digest } {
  const text = Buffer.from(unpack(bytes)).toString();
  return { manifest: parseManifest(text), digest: digestOf(text) };
}

/** Hex SHA-256 of the text of a stored manifest, of which the digest is the beginning: what is attested of a build. */
export function fullDigestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(unpack(bytes)).digest('hex');
}

function unpack(bytes: Uint8Array): Uint8Array {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isPacked ? gunzipSync(bytes, { maxOutputLength: TEXT_BYTES_LIMIT }) : bytes;
}

/** What a person needs of an error from parsing, in a few words. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not as it should be'}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof SyntaxError ? `it is no JSON (${message})` : message;
}

/** The build's identity: the first 16 hex digits of the SHA-256 of its manifest's text. */
export function digestOf(manifestText: string): Digest {
  return createHash('sha256').update(manifestText).digest('hex').slice(0, DIGEST_LENGTH);
}
