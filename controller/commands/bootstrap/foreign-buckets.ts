import type { StackChange } from '../../core/deployment/change.ts';
import { RefusedError } from '../../core/errors.ts';
import type { Stack } from '../../core/infrastructure/template.ts';
import type { Policies } from '../../core/policy/policy.ts';
import type { Context } from '../../ports/context.ts';

/**
 * A bucket that is there already and in no stack is one that an earlier `--destroy` has kept, and has publishing
 * settings; or it is somebody else's, whose access and policy are not ours to change.
 */
export async function refuseForeignBuckets(
  { apps }: Policies,
  { stack, changes }: { readonly stack: Stack; readonly changes: readonly StackChange[] },
  { builds }: Pick<Context, 'builds'>,
): Promise<void> {
  for (const { action, type, logicalId } of changes) {
    if (action !== 'import' || type !== 'AWS::S3::Bucket') continue;
    const bucket = String(stack.template.Resources[logicalId]?.Properties['BucketName']);
    const users = apps.filter((app) => app.bucket === bucket);
    const settings = await Promise.all(users.map((app) => builds(app).readSettings(app.app)));
    // One without apps has edge code, which no name tells from another's.
    if (users.length === 0 || settings.some((one) => one !== undefined)) continue;
    throw new RefusedError(
      `Bucket ${bucket} is there already, and nothing in it is Headgate's.`,
      `If it is to hold the builds as it is, put it under \`setup: { existing: { buckets: [${bucket}] } }\` in edge.yaml; else give the builds another bucket.`,
    );
  }
}
