import { describeState } from './describe.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';
import { repeatRollback } from './rollback.ts';
import { sealEnvironment } from './seal-environment.ts';
import { writeRepairs } from './writes.ts';

/** Brings the record up to a live route that is newer, and moves nobody: for a command that does no more than that. */
export function planAdoption(facts: EnvironmentFacts): Plan {
  const { record } = facts.adoption;
  const outcome = {
    direction: 'repair',
    why: record?.last.why ?? '',
    to: describeState(record),
    changes: writeRepairs(facts),
    evidence: [],
    refusals: [],
  } as const;
  return repeatRollback(facts) ?? sealEnvironment(facts, outcome);
}
