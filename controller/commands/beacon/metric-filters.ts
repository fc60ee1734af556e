import { UsageError } from '../../core/errors.ts';
import { requestFunctionName } from '../../core/plan/behaviours.ts';
import {
  listMetricFilters,
  logGroupOf,
  type MetricFilter,
} from '../../core/rollout/visitors/metric-filters.ts';
import type { Context } from '../../ports/context.ts';
import { findSubject } from '../find-subject.ts';
import { loadPolicies } from '../load-policies.ts';

/** Those of an environment: its group's function writes the log. */
export async function findMetricFilters(
  { files }: Pick<Context, 'files'>,
  positionals: readonly string[],
  directory: string,
): Promise<readonly MetricFilter[]> {
  const { policies } = await loadPolicies(files, directory);
  const subject = findSubject(policies, positionals, 'beacon --metric-filters');
  const { app, environment, group } = subject;
  if (environment.guard.beacon === undefined || group.runtime !== 'cloudfront-functions') {
    throw new UsageError(
      `${app.app} ${environment.name} has no beacon, so its edge logs no visitor.`,
      'In its policy write `guard: { beacon: hold }`.',
    );
  }
  const place = { app: app.app, environment: environment.name };
  return listMetricFilters(place, logGroupOf(requestFunctionName(group.name)));
}
