import { nameSubject, type Plan, type PlanSet } from '../plan/plan.ts';
import { escapeMarkdown } from './markdown.ts';
import { describeChange } from './plan-text.ts';

/** The job summary of a plan: one row per subject, details folded. */
export function renderPlanMarkdown(set: PlanSet): string {
  const rows = set.plans.map(
    (plan) =>
      `| ${nameSubject(plan.subject)} | ${outcomeOf(plan)} | ${escapeMarkdown(plan.from)} | ${escapeMarkdown(plan.to)} | ${escapeMarkdown(plan.why)} |`,
  );
  const details = set.plans.filter(hasDetails).map(renderDetails);
  return [
    '### Headgate plan',
    '',
    '| | | from | to | why |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    ...details,
    `Checksum \`${set.checksum}\``,
    '',
  ].join('\n');
}

function hasDetails(plan: Plan): boolean {
  return plan.changes.length + plan.refusals.length + plan.notes.length > 0;
}

function renderDetails(plan: Plan): string {
  const lines = [
    ...plan.refusals.map(
      ({ message, next }) => `- **Refused**: ${escapeMarkdown(`${message}. ${next}`)}`,
    ),
    ...plan.evidence.map((line) => `- Evidence: ${escapeMarkdown(line)}`),
    ...plan.changes.map((change) => `- Write ${describeChange(change)}`),
    ...plan.notes.map((note) => `- Note: ${escapeMarkdown(note)}`),
  ];
  const summary = `<summary>${nameSubject(plan.subject)}</summary>`;
  return ['<details>', summary, '', ...lines, '', '</details>', ''].join('\n');
}

function outcomeOf(plan: Plan): string {
  if (plan.refusals.length > 0) return '⛔ refused';
  switch (plan.direction) {
    case 'forward':
      return '➡️ change';
    case 'rollback':
      return '⬅️ roll back';
    case 'repair':
      return '🔧 repair';
    case 'none':
      return 'no change';
  }
}
