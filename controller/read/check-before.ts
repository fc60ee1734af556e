import { UsageError } from '../core/errors.ts';
import { configOf } from '../core/plan/lambda-group.ts';
import { featuresOf } from '../core/plan/features.ts';
import type { Issue } from '../core/policy/issue.ts';
import type { Policies } from '../core/policy/policy.ts';
import { subjectsOf } from '../core/policy/subjects.ts';
import type { Context } from '../ports/context.ts';
import { composeGroup, composeLambda } from './compose-group.ts';

/** What is wrong with the teams' own viewer code. Asks nobody: it is only composed. */
export async function checkBefore(
  context: Pick<Context, 'bundler' | 'files'>,
  policies: Policies,
): Promise<readonly Issue[]> {
  const subjects = subjectsOf(policies);
  const checks = policies.groups.map(async (group): Promise<readonly Issue[]> => {
    const { name, before, place } = group;
    if (before === undefined) return [];
    const members = subjects.filter((subject) => subject.group.name === name);
    const features = featuresOf(members);
    try {
      if (group.runtime === 'cloudfront-functions') await composeGroup(context, features, before);
      else await composeLambda(context, { features, config: configOf(group), before });
      return [];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const { message } = error;
      return [
        { file: place.file, ...place.before, message, example: 'before: ./viewer.js', group: name },
      ];
    }
  });
  return (await Promise.all(checks)).flat();
}
