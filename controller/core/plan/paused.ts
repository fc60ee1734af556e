import { judgeRollout } from '../rollout/verdict.ts';
import type { Pause } from '../state/record.ts';
import { nameMember } from '../state/train.ts';
import { describeState } from './describe.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';
import { sealEnvironment } from './seal-environment.ts';

/** Of an environment that this one moves together with. */
export interface PausedMate {
  readonly app: string;
  readonly environment: string;
  readonly pause: Pause;
}

/**
 * Nothing at all, while a person has paused the environment, or one that it moves together with; it says
 * what the guard would do.
 */
export function planPaused(facts: EnvironmentFacts, mate?: PausedMate): Plan | undefined {
  const { record } = facts.adoption;
  const own = { app: facts.app.app, environment: facts.environment.name };
  const { pause, ...paused } = mate ?? { ...own, pause: facts.pause };
  if (pause === undefined) return undefined;
  const { by, at, reason } = pause;
  const who = mate === undefined ? '' : ` with ${nameMember(mate)}, which it moves together with,`;
  const verdict =
    record?.rollout && judgeRollout(facts.observations, facts.environment.guard, facts.now);
  const why =
    `Paused${who} by ${by} since ${at}: ${reason}. Nothing moves, is repaired or rolled back by itself ` +
    `until \`headgate pause ${paused.app} ${paused.environment} --resume\`.`;
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
              `\`headgate rollback ${own.app} ${own.environment}\` does it`,
          ]
        : [],
  });
}
