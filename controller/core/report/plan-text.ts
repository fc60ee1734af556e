import type { Associate, Change } from '../plan/change.ts';
import { isCodeChange, type CodeChange } from '../plan/code-change.ts';
import { nameSubject, type Plan, type PlanSet } from '../plan/plan.ts';
import { describeTrain } from './train.ts';

/** What a change writes, in a few words. */
export function describeChange(change: Change): string {
  if (isCodeChange(change)) return describeCodeChange(change);
  switch (change.kind) {
    case 'write-settings':
      return `settings.json of ${change.app}`;
    case 'write-policy-copy':
      return `policies.json of ${change.copy.app}`;
    case 'write-intent':
      return 'record: intent';
    case 'write-route':
      return `route in KeyValueStore ${change.store}: ${change.hosts.join(', ')}`;
    case 'write-parameter':
      return change.carries === 'route'
        ? `SSM ${change.name}`
        : `SSM ${change.name} = ${change.value}`;
    case 'write-release':
      return `route in SSM ${change.name}, which Lambda@Edge serves`;
    case 'confirm-release':
      return `SSM ${change.name} once more, if another run wrote over it`;
    case 'write-record':
      return `record: ${change.record.phase}, generation ${change.record.generation}`;
    case 'append-history':
      return `history: generation ${change.entry.generation}, ${change.entry.event}`;
  }
}

function describeCodeChange(change: CodeChange): string {
  switch (change.kind) {
    case 'write-golden':
      return `golden value ${change.key} in KeyValueStore ${change.store}`;
    case 'publish-function':
      return `function ${change.name}: code ${change.from} -> ${change.hash}, ${change.source === undefined ? 'from the archive' : 'tested with golden events first'}`;
    case 'publish-version':
      return `version of Lambda function ${change.name}: code ${change.from} -> ${change.hash}, ${change.source === undefined ? 'from the archive' : 'run with golden events first'}`;
    case 'write-code-record':
      return `record of edge group ${change.record.group}: code ${change.record.releases[0]?.hash ?? 'none'}`;
    case 'associate-version':
      return `distribution ${change.distribution}: version of ${change.function} on ${change.patterns.join(', ')}${describeReplaced(change)}`;
    case 'associate':
      return `distribution ${change.distribution}: functions on ${change.patterns.join(', ')}${describeReplaced(change)}`;
  }
}

function describeReplaced({
  replaces = [],
  originPath,
}: Pick<Associate, 'replaces' | 'originPath'>): string {
  const names = replaces.length === 0 ? '' : `, in the place of ${replaces.join(', ')}`;
  return originPath === undefined ? names : `${names}, without the origin path ${originPath}`;
}

/**
 * One plan for people: what, why, every write, what stands in the way, what comes next. A refusal may
 * keep back a release only; what else the policy changes goes out beside it.
 */
export function renderPlan(plan: Plan, verb: 'write' | 'wrote' = 'write'): string {
  const move = plan.from === plan.to ? plan.to : `${plan.from} -> ${plan.to}`;
  const lines = [`${nameSubject(plan.subject)}  ${verbOf(plan)}  ${move}`];
  if (plan.refusals.length === 0 || plan.direction === 'forward') lines.push(`  ${plan.why}`);
  lines.push(...plan.evidence.map((line) => `  evidence: ${line}`));
  lines.push(...describeTrain(plan).map((line) => `  ${line}`));
  lines.push(...plan.changes.map((change) => `  ${verb} ${describeChange(change)}`));
  for (const { message, next, place } of plan.refusals) {
    const where = place === undefined ? '' : `${place.file}:${place.line}: `;
    lines.push(`  refused: ${where}${message}`, `    next: ${next}`);
  }
  lines.push(...renderNotes(plan));
  return lines.join('\n');
}

/** That it is blocked by what its reason says anyway is for machines. */
export function renderNotes({ notes, why }: Plan): readonly string[] {
  return notes.filter((note) => note !== `blocked: ${why}`).map((note) => `  note: ${note}`);
}

/** `unplanned`: how many subjects are missing, because they could not be read. */
export function renderPlanSet(set: PlanSet, unplanned = 0): string {
  const writes = set.plans.reduce((sum, plan) => sum + plan.changes.length, 0);
  const missing = unplanned === 0 ? '' : `, ${unplanned} could not be planned`;
  const total = `${writes === 0 ? 'Nothing to write' : `${writes} write(s)`}${missing}.`;
  return [
    ...set.plans.map((plan) => renderPlan(plan)),
    `${total} Plan checksum ${set.checksum}.`,
  ].join('\n\n');
}

function verbOf(plan: Plan): string {
  if (plan.refusals.length > 0) return 'REFUSED';
  switch (plan.direction) {
    case 'forward':
      return 'CHANGE';
    case 'rollback':
      return 'ROLL BACK';
    case 'repair':
      return 'REPAIR';
    case 'none':
      return 'no change';
  }
}
