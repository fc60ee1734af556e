import { EXIT } from '../errors.ts';
import { activeBuildOf, parseRoute } from '../state/route.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Refusal } from './plan.ts';

/** What a plan says of the parameter that other tools read. */
export function explainAdopted(facts: EnvironmentFacts): readonly string[] {
  const name = facts.environment.adopted?.activeBuildParameter;
  if (name === undefined) return [];
  return facts.adoption.record === undefined ? explainMove(facts, name) : explainFight(facts, name);
}

/** Before the first release: whether it leaves visitors on the build that they have. */
function explainMove({ environment, live }: EnvironmentFacts, name: string): readonly string[] {
  const { build } = environment.release;
  const active = live.parameters.adopted?.value;
  if (active === build) {
    return [`SSM ${name} says build ${build}, as the policy does: nobody gets another build`];
  }
  return [
    active === undefined
      ? `warning: there is no SSM ${name} in that region yet; it will say ${build}`
      : `warning: SSM ${name} says build ${active}, and the policy releases ${build}: everyone gets another build`,
  ];
}

/** What an interrupted run left undone is nobody else's doing. */
function explainFight({ adoption, live }: EnvironmentFacts, name: string): readonly string[] {
  const route = parseRoute(adoption.record?.route);
  const said = live.parameters.adopted?.value;
  if (route === undefined || adoption.reason !== undefined || said === undefined) return [];
  const active = activeBuildOf(route);
  if (said === active) return [];
  return [
    `warning: SSM ${name} says build ${said}, and build ${active} is active: it is overwritten. ` +
      'If another tool wrote that, stop it: to release, change the policy; or take adopted.activeBuildParameter out of it',
  ];
}

/** SSM never changes a parameter's type, and refuses a value of another one. */
export function checkAdopted({ environment, live }: EnvironmentFacts): readonly Refusal[] {
  const name = environment.adopted?.activeBuildParameter;
  const type = live.parameters.adopted?.type;
  if (name === undefined || type === undefined) return [];
  return [
    {
      exitCode: EXIT.unsafe,
      message: `SSM ${name} is of type ${type}, and only a String can take the active build`,
      next: 'Delete it, and the next run makes it a String; or name another one in adopted.activeBuildParameter.',
    },
  ];
}
