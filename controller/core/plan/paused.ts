import { judgeRollout } from '../rollout/verdict.ts';
import { describeState } from './describe.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';
import { sealEnvironment } from './seal-environment.ts';

/** Nothing at all, while a person has paused the environment; it says what the guard would do. */
export function planPaused(facts: EnvironmentFacts): Plan | undefined {
  const { record } = facts.adoption;
  if (facts.pause === undefined) return undefined;
  const { by, at, reason } = facts.pause;
  const { app, name } = { app: facts.app.app, name: facts.environment.name };
  const verdict =
    record?.rollout && judgeRollout(facts.observations, facts.environment.guard, facts.now);
  const why =
    `Paused by ${by} since ${at}: ${reason}. Nothing moves, is repaired or rolled back by itself ` +
    `until \`headgate pause ${app} ${name} --resume\`.`;
  return sealEnvironment(facts, {
    direction: 'none',
    why,
    to: describeState(record),
    changes: [],
    evidence: [],
    refusals: [],
    notes:
      verdict?.kind === 'fail'
        ? [
            `the guard would roll back now, but for the pause: ${verdict.evidence.join('; ')}; ` +
              `\`headgate rollback ${app} ${name}\` does it`,
          ]
        : [],
  });
}
