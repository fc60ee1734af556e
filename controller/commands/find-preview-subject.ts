import { UsageError } from '../core/errors.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import type { PreviewPolicy } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { parseRoute } from '../core/state/route.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, WITHOUT_POLICIES } from './load-policies.ts';

const DAY_SECONDS = 86_400;

/** What the policy's `preview: ttl` is unless it says otherwise: the record doesn't keep it. */
const TTL_DAYS = 7;

/**
 * The environment of `<app> <environment>`: by its policy or, with `--bucket`, by its record. An app's own
 * repository has builds and no policies.
 */
export async function findPreviewSubject(
  { positionals, values }: Arguments,
  context: Context,
): Promise<EnvironmentSubject> {
  const { bucket, region } = values;
  if (bucket === undefined) {
    if (region !== undefined) {
      throw new UsageError('--region needs --bucket.', 'Without both the policy says where.');
    }
    const { policies } = await loadPolicies(context.files, String(values['policies']), {
      instead: WITHOUT_POLICIES,
    });
    return findSubject(policies, positionals, 'preview');
  }
  const [app = '', environment = ''] = positionals;
  // '': the region of the environment, for S3 that of the bucket.
  const place = { file: 'the command line', bucket: String(bucket), region: String(region ?? '') };
  const stored = await context.records(place).read(app, environment);
  if (stored === undefined) {
    throw new UsageError(
      `There is no record of ${app}/${environment} in bucket ${place.bucket}.`,
      `Name the environment that shows builds of pull requests (\`preview: { builds: all }\`); its first \`headgate reconcile\` writes the record.`,
    );
  }
  const subject = subjectOfRecord(stored.record, place);
  const preview = previewOf(stored.record.route);
  return { ...subject, environment: { ...subject.environment, preview } };
}

/** As the edge does it, which is what counts for a link. */
function previewOf(text: string): PreviewPolicy {
  const route = parseRoute(text);
  return {
    access: route?.preview ?? 'off',
    ttlSeconds: TTL_DAYS * DAY_SECONDS,
    ...(route?.untrusted === 1 && { builds: 'all' as const }),
  };
}
