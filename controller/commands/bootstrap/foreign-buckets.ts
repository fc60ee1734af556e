import type { StackChange } from '../../core/deployment/change.ts';
import { RefusedError } from '../../core/errors.ts';
import type { Stack } from '../../core/infrastructure/template.ts';
import type { Policies } from '../../core/policy/policy.ts';
import type { Context } from '../../ports/context.ts';

/**
 * A bucket that is there already and in no stack is one that an earlier `--destroy` has kept: it has publishing
 * settings, and its policy went with the stack. Or it is somebody else's, perhaps of an adopted site, whose access and
 * policy are not ours to change.
 */
export async function refuseForeignBuckets(
  { apps }: Policies,
  { stack, changes }: { readonly stack: Stack; readonly changes: readonly StackChange[] },
  { builds, inspection }: Pick<Context, 'builds' | 'inspection'>,
): Promise<void> {
  for (const { action, type, logicalId } of changes) {
    if (action !== 'import' || type !== 'AWS::S3::Bucket') continue;
    const bucket = String(stack.template.Resources[logicalId]?.Properties['BucketName']);
    const users = apps.filter((app) => app.bucket === bucket);
    const settings = await Promise.all(users.map((app) => builds(app).readSettings(app.app)));
    // One without apps has edge code, which no name tells from another's.
    const isOurs = users.length === 0 || settings.some((one) => one !== undefined);
    const policy = isOurs && (await inspection.bucketPolicy({ bucket, region: stack.region }));
    if (isOurs && policy === undefined) continue;
    throw new RefusedError(
      isOurs
        ? `Bucket ${bucket} is there already, with a bucket policy that isn't of a stack: replaced, it might end what visitors get now.`
        : `Bucket ${bucket} is there already, and nothing in it is Headgate's.`,
      `If it is to hold the builds as it is, put it under \`setup: { existing: { buckets: [${bucket}] } }\` in edge.yaml; else give the builds another bucket.`,
    );
  }
}
