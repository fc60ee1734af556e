/** What else a plan holds beside environments with news. */
import { isCodeChange } from '../../plan/code-change.ts';
import { nameSubject, type Plan } from '../../plan/plan.ts';
import { escapeHtml, escapeMarkdown } from '../markdown.ts';
import { describeChange } from '../plan-text.ts';
import type { Standings } from './standing.ts';
import { count, shorten } from './words.ts';

type Environments = Standings['environments'];

const LENGTH = 600;

/** Edge code, and the distributions that it is put on. */
export function renderGroups(groups: readonly Plan[], environments: Environments): string {
  const told = groups.filter(({ changes, refusals }) => changes.length + refusals.length > 0);
  const associated = environments.filter(({ plan }) => plan.changes.some(isCodeChange));
  if (told.length + associated.length === 0) return '';
  return [
    '#### Edge code',
    '',
    ...told.flatMap(renderGroup),
    ...(associated.length === 0
      ? []
      : [
          `- Functions are put on the distributions of ${line(associated.map(({ plan }) => nameSubject(plan.subject)).join(', '))}`,
        ]),
    '',
  ].join('\n');
}

function renderGroup(plan: Plan): readonly string[] {
  const { from, to, why, refusals, changes, notes } = plan;
  const move = from === to ? to : `${from} → ${to}`;
  return [
    `- **${escapeMarkdown(nameSubject(plan.subject))}**: ${line(move)}. ${line(why)}`,
    ...refusals.map(
      ({ message, next }) => `  - ⛔ **Refused**: ${line(`${message}. Next: ${next}`)}`,
    ),
    ...changes.map((change) => `  - writes ${line(describeChange(change))}`),
    ...notes.map((note) => `  - ${line(note)}`),
  ];
}

/** By name alone; warnings must not be lost among them. */
export function renderIdle(idle: Environments): string {
  if (idle.length === 0) return '';
  const names = idle.map(({ plan }) => escapeMarkdown(nameSubject(plan.subject)));
  const warnings = idle.flatMap(({ plan }) =>
    plan.notes
      .filter((note) => note.startsWith('warning: '))
      .map(
        (note) => `- ⚠️ **${escapeMarkdown(nameSubject(plan.subject))}**: ${line(note.slice(9))}`,
      ),
  );
  const summary = `${count(idle.length, 'environment has', 'environments have')} nothing to do`;
  const warned = warnings.length === 0 ? '' : `, ${count(warnings.length, 'warning', 'warnings')}`;
  return [
    '<details>',
    `<summary>${escapeHtml(summary + warned)}</summary>`,
    '',
    names.join(', '),
    '',
    ...warnings,
    ...(warnings.length === 0 ? [] : ['']),
    '</details>',
    '',
  ].join('\n');
}

/** Files of apps that the fast lane and `publish` go by. */
export function renderApps(apps: readonly Plan[]): string {
  const written = apps.filter(({ changes }) => changes.length > 0);
  if (written.length === 0) return '';
  const lines = written.map(({ subject, changes }) => {
    const what = changes.map(describeChange).join(', ');
    return `- **${escapeMarkdown(nameSubject(subject))}**: writes ${line(what)}`;
  });
  const summary = `The fast lane and \`publish\` follow: ${count(written.length, 'app', 'apps')}`;
  return [
    '<details>',
    `<summary>${escapeHtml(summary.replaceAll('`', ''))}</summary>`,
    '',
    ...lines,
    '',
    '</details>',
    '',
  ].join('\n');
}

function line(text: string): string {
  return escapeMarkdown(shorten(text, LENGTH));
}
