import { findAbsentRoles } from '../../core/doctor/absent-roles.ts';
import type { DoctorFacts, RoleTrust } from '../../core/doctor/facts.ts';
import { listWantedRoles } from '../../core/doctor/wanted.ts';
import { HOME_REGION } from '../../core/infrastructure/names.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { setupOf } from '../../core/policy/setup.ts';
import type { Context } from '../../ports/context.ts';
import type { Notebook } from './notebook.ts';

interface Asked {
  readonly policies: Policies;
  /** ARNs of those that somebody asked about. */
  readonly roles: readonly string[];
}

/** Those that are judged, and those that bootstrap would make and that aren't there. */
export async function readRoles(
  { inspection, stacks }: Context,
  notebook: Notebook,
  { policies, roles: asked }: Asked,
): Promise<Pick<DoctorFacts, 'roles' | 'absentRoles'>> {
  const [all] = await notebook.read('roles', () => inspection.roles());
  if (all === undefined) return { roles: [], absentRoles: [] };
  const { stack } = setupOf(policies);
  const wanted = listWantedRoles(policies);
  const isThere = (name: string) => all.some((role) => role.name === name);
  // Only a role that isn't found by its name is worth asking what the stack made.
  const isComplete = wanted.every(({ name }) => isThere(name));
  const [outputs = {}] = isComplete
    ? []
    : await notebook.read(`stack ${stack}`, async () => {
        const made = await stacks(HOME_REGION).read(stack);
        return made?.outputs ?? {};
      });
  const named = [...asked, ...Object.values(outputs)];
  const isJudged = ({ name, arn }: RoleTrust) =>
    name.startsWith(`${stack}-`) ||
    named.includes(arn) ||
    wanted.some((role) => role.name === name);
  return {
    roles: all.filter(isJudged),
    absentRoles: findAbsentRoles({ all, wanted, outputs }, policies),
  };
}
