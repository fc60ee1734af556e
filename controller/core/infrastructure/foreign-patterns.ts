import { wantedBehaviours } from './behaviours.ts';
import { withSetup, type InfrastructureFacts } from './facts.ts';
import { idOfEnvironment, ownEnvironments } from './scope.ts';

/** Behaviours that are live and the template lacks, by `shop/prod`: an update would take them off. */
export function foreignPatterns(
  facts: InfrastructureFacts,
): Readonly<Record<string, readonly string[]>> {
  const whole = withSetup(facts);
  const entries = ownEnvironments(whole).flatMap((subject) => {
    const id = idOfEnvironment(subject);
    const wanted = wantedBehaviours(whole, subject).map(({ pattern }) => pattern);
    const live = (facts.live[id] ?? []).map(({ pattern }) => pattern);
    const foreign = live.filter((pattern) => !wanted.includes(pattern));
    return foreign.length === 0 ? [] : [[id, foreign] as const];
  });
  return Object.fromEntries(entries);
}
