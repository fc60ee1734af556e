import type { ExitCode } from '../errors.ts';
import { nameSubject, type Plan } from '../plan/plan.ts';
import { escapeMarkdown } from './markdown.ts';
import { describeChange, renderNotes, renderPlan } from './plan-text.ts';
import { describeTrain } from './train.ts';

/** What became of one plan. */
export interface Outcome {
  readonly plan: Plan;
  readonly status: 'applied' | 'unchanged' | 'refused' | 'failed' | 'skipped';
  readonly exitCode: ExitCode;
  /** Why it failed or was skipped, with the next step. Beside `applied`: why only the edge was written. */
  readonly problem?: string;
}

export function renderOutcomes(outcomes: readonly Outcome[]): string {
  return outcomes.map(renderOutcome).join('\n');
}

function renderOutcome({ plan, status, problem }: Outcome): string {
  const name = nameSubject(plan.subject);
  switch (status) {
    case 'unchanged':
      return [`${name}  ${plan.to}: ${plan.why}`, ...renderNotes(plan)].join('\n');
    case 'refused':
      return renderPlan(plan, 'wrote');
    case 'failed':
    case 'skipped':
      return `${name}  ${status.toUpperCase()}  ${problem ?? ''}`;
    case 'applied': {
      const verb = plan.direction === 'rollback' ? 'ROLLED BACK' : 'done';
      const writes =
        problem === undefined
          ? plan.changes.map((change) => `  wrote ${describeChange(change)}`)
          : [
              `  note: the edge has rolled back, the next reconcile adopts it; the rest was not written: ${problem}`,
            ];
      const evidence = plan.evidence.map((line) => `  evidence: ${line}`);
      const move = plan.from === plan.to ? plan.to : `${plan.from} -> ${plan.to}`;
      return [
        `${name}  ${verb}  ${move}`,
        `  ${plan.why}`,
        ...evidence,
        ...describeTrain(plan).map((line) => `  ${line}`),
        ...writes,
        ...renderNotes(plan),
      ].join('\n');
    }
  }
}

export function renderOutcomesMarkdown(
  outcomes: readonly Outcome[],
  command: 'reconcile' | 'rollback' = 'reconcile',
): string {
  const rows = outcomes.map((outcome) => {
    const { plan, status, problem } = outcome;
    const text = [problem ?? plan.why, ...plan.refusals.map(({ message }) => message)].join('; ');
    const events = nameEvents(outcome);
    const became = status === 'refused' ? [status, ...events] : events;
    const cells = [nameSubject(plan.subject), became.join(', ') || status, plan.to, text];
    return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  });
  return [
    `### Headgate ${command}`,
    '',
    '| | | now | why |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Of the entries that this run added to the history: the run that adds one is the one that tells of it. */
function nameEvents({ plan, status, problem }: Outcome): readonly string[] {
  if ((status !== 'applied' && status !== 'refused') || problem !== undefined) return [];
  return plan.changes.flatMap((change) =>
    change.kind === 'append-history' ? [`${change.entry.event} (${change.entry.generation})`] : [],
  );
}
