import type { S3Client } from '@aws-sdk/client-s3';
import { BUNDLES_BYTES_LIMIT } from '../../../core/provenance/bundle.ts';
import { decodeManifest, fullDigestOf } from '../../../core/publish/manifest-text.ts';
import { keys } from '../../../core/state/keys.ts';
import type { AttestedBuild, AttestedBuilds } from '../../../ports/attested-builds.ts';
import { readParsed } from './build-store.ts';
import { headObject, readObject, writeObject, type Bucket } from './objects.ts';

/** `root`: where builds lie in the bucket; undefined: below `<app>/builds/`. */
export function createAttestedBuilds(
  client: S3Client,
  name: string,
  root?: string,
): AttestedBuilds {
  const bucket = { client, name };
  return {
    async read(app, build) {
      const found = await readParsed(bucket, keys.manifest({ app, root }, build), describe);
      if (found === undefined) return undefined;
      return { ...found, stored: await readStored(bucket, keys.provenance({ app, root }, build)) };
    },
    async create(app, build, bundles) {
      const key = keys.provenance({ app, root }, build);
      const object = { key, body: bundles, contentType: 'application/json' };
      return (await writeObject(bucket, object, 'absent')) !== undefined;
    },
  };
}

function describe(bytes: Uint8Array): Pick<AttestedBuild, 'of' | 'sha256'> {
  const { app, build } = decodeManifest(bytes).manifest;
  return { of: { app, build }, sha256: fullDigestOf(bytes) };
}

/** Whoever may publish may store gigabytes there. */
async function readStored(bucket: Bucket, key: string): Promise<AttestedBuild['stored']> {
  const head = await headObject(bucket, key);
  if (head === undefined) return undefined;
  const bytes = head.ContentLength ?? 0;
  if (bytes > BUNDLES_BYTES_LIMIT) return { bytes };
  return (await readObject(bucket, key))?.bytes;
}
