import type { S3Client } from '@aws-sdk/client-s3';
import type { Context } from '../../../ports/context.ts';
import { loadOnCall } from '../../load-on-call.ts';

type BuildStores = Pick<
  Context,
  'builds' | 'uploads' | 'publishNotes' | 'untrustedBuilds' | 'pages'
>;
type RunStores = Pick<
  Context,
  | 'attested'
  | 'records'
  | 'policyCopies'
  | 'codeRecords'
  | 'archive'
  | 'collections'
  | 'unfinishedUploads'
>;
type CreateClient = (region?: string) => Promise<S3Client>;

/** What lives in a bucket; each loaded by the first call. */
export function loadStoresOnCall(s3: CreateClient): BuildStores & RunStores {
  return { ...loadBuildStores(s3), ...loadRunStores(s3) };
}

function loadBuildStores(s3: CreateClient): BuildStores {
  return {
    builds: ({ bucket, region, root }) =>
      loadOnCall(async () => {
        const { createBuildStore } = await import('./build-store.ts');
        return createBuildStore(await s3(region), bucket, root);
      }),
    uploads: ({ bucket, region, engine }) =>
      loadOnCall(async () => {
        if (engine === 'sdk') {
          const { createUploadStore } = await import('./upload-store.ts');
          return createUploadStore(await s3(region), bucket);
        }
        const { createLeanUploadStore } = await import('./lean/upload-store.ts');
        return createLeanUploadStore(await s3(region), bucket);
      }),
    publishNotes: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createPublishNotes } = await import('./publish-notes.ts');
        return createPublishNotes(await s3(region), bucket);
      }),
    untrustedBuilds: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createUntrustedBuilds } = await import('./untrusted-builds.ts');
        return createUntrustedBuilds(await s3(region), bucket);
      }),
    pages: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createPageStore } = await import('./page-store.ts');
        return createPageStore(await s3(region), bucket);
      }),
  };
}

function loadRunStores(s3: CreateClient): RunStores {
  return {
    attested: ({ bucket, region, root }) =>
      loadOnCall(async () => {
        const { createAttestedBuilds } = await import('./attested-builds.ts');
        return createAttestedBuilds(await s3(region), bucket, root);
      }),
    records: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createRecordStore } = await import('./record-store.ts');
        return createRecordStore(await s3(region), bucket);
      }),
    policyCopies: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createPolicyCopies } = await import('./policy-copies.ts');
        return createPolicyCopies(await s3(region), bucket);
      }),
    codeRecords: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createCodeRecordStore } = await import('./code-record-store.ts');
        return createCodeRecordStore(await s3(region), bucket);
      }),
    collections: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createCollectionStore } = await import('./collection-store.ts');
        return createCollectionStore(await s3(region), bucket);
      }),
    unfinishedUploads: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createUnfinishedUploads } = await import('./unfinished-uploads.ts');
        return createUnfinishedUploads(await s3(region), bucket);
      }),
    archive: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createCodeArchive } = await import('./code-archive.ts');
        return createCodeArchive(await s3(region), bucket);
      }),
  };
}
