import type { EnvironmentFacts } from './facts.ts';

/** Before the first release: whether it leaves visitors on the build that they have. */
export function explainAdopted({
  adoption,
  environment,
  live,
}: EnvironmentFacts): readonly string[] {
  const name = environment.adopted?.activeBuildParameter;
  if (name === undefined || adoption.record !== undefined) return [];
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
