/** Roles that bootstrap would make, and what the account has in their place. */
import type { Role } from '../iam/roles/facts.ts';
import type { Policies } from '../policy/policy.ts';
import type { AbsentRole, RoleTrust } from './facts.ts';
import { isOfGitHub, isKnownSubject, subjectsOf } from './web-identity.ts';

interface Account {
  readonly all: readonly RoleTrust[];
  readonly wanted: readonly Role[];
  /** Of the home stack. */
  readonly outputs: Readonly<Record<string, string>>;
}

export function findAbsentRoles(
  { all, wanted, outputs }: Account,
  policies: Policies,
): readonly AbsentRole[] {
  const names = wanted.map(({ name }) => name);
  const strangers = all
    .filter((role) => !names.includes(role.name) && trustsOurs(role, policies))
    .map(({ name }) => name);
  return wanted.flatMap(({ id, name, purpose, verb, variable }) => {
    const arn = outputs[`${id}Arn`];
    const isThere = all.some((role) => role.name === name || role.arn === arn);
    const isNeeded = !OF_PEOPLE.includes(verb);
    // Jobs of GitHub take those that have a variable.
    const others = variable === undefined ? [] : strangers;
    return isThere ? [] : [{ name, purpose, isNeeded, isOfStack: arn !== undefined, others }];
  });
}

/** People find out by themselves. */
const OF_PEOPLE: readonly string[] = ['preview', 'keys', 'gc', 'doctor'];

/** A job of a repository that the policies name may become it. */
function trustsOurs({ trust }: RoleTrust, policies: Policies): boolean {
  if (policies.setup?.github === undefined) return false;
  const subjects = trust.Statement.filter(isOfGitHub).flatMap(subjectsOf);
  return subjects.some((subject) => isKnownSubject(subject, policies));
}
