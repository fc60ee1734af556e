/** Every role that these policies need, the most used first. */
import type { Role, RoleFacts } from './facts.ts';
import { doctorRole } from './doctor.ts';
import { functionRoles } from './functions.ts';
import { githubRoles } from './github.ts';
import { peoplesRoles } from './people.ts';
import { publishRoles } from './publish.ts';
import { pullRequestRoles } from './pull-request.ts';

export function listRoles(facts: RoleFacts): readonly Role[] {
  return [
    ...publishRoles(facts),
    ...pullRequestRoles(facts),
    ...githubRoles(facts),
    ...functionRoles(facts),
    ...peoplesRoles(facts),
    doctorRole(facts),
  ];
}
