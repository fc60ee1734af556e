import { describeState } from './describe.ts';
import type { Change } from './change.ts';
import { explainAdopted } from './explain-adopted.ts';
import { explainGate, explainSessions } from './explain-visitors.ts';
import type { EnvironmentFacts } from './facts.ts';
import { explainOrigins } from './origins.ts';
import { explainTrust } from './trust.ts';
import { sealPlan, type Direction, type Plan, type Refusal } from './plan.ts';

/** What is particular to one plan; the rest follows from the facts. */
export interface PlanOutcome {
  readonly direction: Direction;
  readonly why: string;
  readonly to: string;
  readonly changes: readonly Change[];
  readonly evidence: readonly string[];
  readonly refusals: readonly Refusal[];
  readonly until?: string;
  readonly notes?: readonly string[];
}

export function sealEnvironment(facts: EnvironmentFacts, outcome: PlanOutcome): Plan {
  return sealPlan({
    subject: { kind: 'environment', app: facts.app.app, environment: facts.environment.name },
    group: facts.group.name,
    base: facts.adoption.record?.generation ?? 0,
    from: describeState(facts.adoption.record),
    ...outcome,
    ...findTell(facts, outcome.changes),
    notes: [
      ...(outcome.notes ?? []),
      ...explainSessions(facts, outcome.direction),
      ...explainGate(facts),
      ...explainTrust(facts),
      ...explainAdopted(facts),
      ...explainOrigins(facts),
      ...remarks(facts),
    ],
  });
}

/** By the record that the plan leaves behind. */
function findTell(facts: EnvironmentFacts, changes: readonly Change[]): Pick<Plan, 'tell'> {
  const { app, environment, adoption } = facts;
  const { notify, name } = environment;
  const written = changes.findLast(({ kind }) => kind === 'write-record');
  const record = written?.kind === 'write-record' ? written.record : adoption.record;
  if (notify === undefined || record?.untold === undefined) return {};
  const place = { bucket: app.bucket, region: app.region };
  return { tell: { app: app.app, environment: name, place, notify } };
}

function remarks(facts: EnvironmentFacts): readonly string[] {
  const notes: string[] = [];
  const { alarms, beacon } = facts.environment.guard;
  if (alarms.length === 0 && beacon?.act !== 'rollback') {
    notes.push('no guard alarms: nothing rolls back by itself');
  }
  const { reason, record } = facts.adoption;
  if (reason === 'rollback')
    notes.push(`adopted a rollback from the live route (generation ${record?.generation})`);
  if (reason === 'newer-route')
    notes.push(`adopted the live route (generation ${record?.generation})`);
  if (reason === 'intent-finished') notes.push('finishes what an earlier run began');
  if (reason === 'intent-void') notes.push('an earlier run stopped before it changed anything');
  if (facts.distribution?.aliases.length === 0) {
    const { id, domain } = facts.distribution;
    notes.push(
      `warning: distribution ${id} has no host names (it needs a certificate for them): visitors get it at ${domain} only`,
    );
  }
  if (facts.distribution?.status === 'InProgress') {
    notes.push(`distribution ${facts.distribution.id} is still deploying`);
  }
  return notes;
}
