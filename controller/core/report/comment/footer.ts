/** What a plan was made for, and how it is carried out. */
import type { PlanSet } from '../../plan/plan.ts';
import { escapeMarkdown } from '../markdown.ts';
import type { Medium } from './comment.ts';
import type { Part } from './fit.ts';
import { count } from './words.ts';

export interface About {
  /** Head of the pull request; else what is checked out. */
  readonly commit: string;
  /** The branch it is to be merged into. */
  readonly base: string | undefined;
  readonly runUrl: string | undefined;
  readonly runId: number | undefined;
}

export function renderFooter({ checksum }: PlanSet, about: About | undefined): string {
  const made =
    about === undefined || about.commit === ''
      ? []
      : [
          `commit \`${about.commit.slice(0, 10)}\`${about.base === undefined ? '' : ` onto ${escapeMarkdown(about.base)}`}`,
        ];
  const run = about?.runUrl === undefined ? [] : [`[this run](${about.runUrl})`];
  const facts = [`Plan checksum \`${checksum}\``, ...made, ...run].join(' · ');
  return [
    '<details>',
    '<summary>How this is carried out</summary>',
    '',
    'Merging carries out what holds then: reconcile plans again, and says here what differs from this plan. ' +
      'To carry out exactly this or nothing, save it with `headgate plan --out plan.json` (where nothing is ' +
      'refused the workflow keeps it as the artifact `plan`), and run `headgate reconcile --plan plan.json`: ' +
      'exit code 4 when anything has moved.',
    '',
    "Visitors moved: how many get another build with their next page, by the edge's own choice for 4,000 " +
      'visitors; right to about two points in a hundred.',
    '',
    '</details>',
    '',
    `<sub>${facts}</sub>`,
    '',
  ].join('\n');
}

const TAKES: Readonly<Record<Medium, string>> = {
  comment: 'GitHub takes 65,536 characters here',
  check: 'GitHub takes 65,535 characters here',
  summary: 'GitHub takes 1 MiB here',
};

/** That, how much of what, and where it is; '': all is there. */
export function renderMissing(
  dropped: readonly Part[],
  medium: Medium,
  about: About | undefined,
): string {
  if (dropped.length === 0) return '';
  const kinds = [...new Set(dropped.map(({ what }) => what))];
  const said = kinds.map((what) =>
    count(dropped.filter((part) => part.what === what).length, what, `${what}s`),
  );
  const url = about?.runUrl;
  const summary = url === undefined ? 'the job summary' : `[the job summary](${url})`;
  const where =
    medium === 'summary' ? '`headgate plan` prints all of it' : `all of it is in ${summary}`;
  return `**Left out: ${said.join(', ')}.** ${TAKES[medium]}; ${where}.\n`;
}
