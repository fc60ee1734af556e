import { UsageError } from '../core/errors.ts';
import type { Policies } from '../core/policy/policy.ts';
import { subjectsOf } from '../core/policy/subjects.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';

/** The environment named by `<app> <environment>` on the command line. */
export function findSubject(
  policies: Policies,
  positionals: readonly string[],
  command: string,
): EnvironmentSubject {
  const [app, environment, ...rest] = positionals;
  const subjects = subjectsOf(policies);
  const names = subjects.map((subject) => `${subject.app.app} ${subject.environment.name}`);
  const next = `For example: headgate ${command} ${names[0] ?? '<app> <environment>'}`;
  if (app === undefined || environment === undefined || rest.length > 0) {
    throw new UsageError(`${command} needs an app and an environment.`, next);
  }
  const found = subjects.find(
    (subject) => subject.app.app === app && subject.environment.name === environment,
  );
  if (found !== undefined) return found;
  throw new UsageError(
    `No usable policy for ${app} ${environment}; there is ${names.join(', ') || 'none'}.`,
    `${next}. What is wrong with one that is left out: headgate validate`,
  );
}
