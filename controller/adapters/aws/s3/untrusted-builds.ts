import type { S3Client } from '@aws-sdk/client-s3';
import { nameOfAll, pullRequestOf } from '../../../core/publish/pull-request.ts';
import { isUntrusted } from '../../../core/state/build.ts';
import { keys } from '../../../core/state/keys.ts';
import type { UntrustedBuilds } from '../../../ports/untrusted-builds.ts';
import { deleteObjects } from './delete-objects.ts';
import { listObjects } from './objects.ts';

export function createUntrustedBuilds(client: S3Client, name: string): UntrustedBuilds {
  const bucket = { client, name };
  return {
    async list(app, pullRequest) {
      const parent = keys.untrustedBuilds(app);
      const found = await listObjects(bucket, parent + nameOfAll(pullRequest));
      const sizes = new Map<string, Map<string, number>>();
      for (const [index, key] of found.keys.entries()) {
        const [build = ''] = key.slice(parent.length).split('/', 1);
        // The listing for pr-1 brings those of pr-12, too.
        if (pullRequestOf(build) !== pullRequest) continue;
        const files = sizes.get(build) ?? new Map<string, number>();
        sizes.set(build, files.set(key, found.sizes[index] ?? 0));
      }
      return [...sizes].map(([build, files]) => ({
        build,
        isPublished: files.has(keys.manifest({ app }, build)),
        files: files.size,
        bytes: [...files.values()].reduce((sum, size) => sum + size, 0),
      }));
    },
    async remove(app, build) {
      if (!isUntrusted(build)) throw new Error(`${build} is no build of a pull request`);
      const manifest = keys.manifest({ app }, build);
      const { keys: all } = await listObjects(bucket, keys.build({ app }, build));
      if (all.includes(manifest)) await deleteObjects(bucket, [manifest]);
      await deleteObjects(
        bucket,
        all.filter((key) => key !== manifest),
      );
    },
  };
}
