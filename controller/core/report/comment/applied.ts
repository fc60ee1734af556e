/** The comment on a merged pull request, where its run did something else than its plan said. */
import type { Difference } from '../../github/compare-plans.ts';
import type { ReviewedPlan } from '../../github/reviewed-plan.ts';
import { escapeMarkdown, toCode } from '../markdown.ts';
import { LIMITS } from './comment.ts';
import { always, fitParts } from './fit.ts';
import { renderMissing } from './footer.ts';
import { shorten } from './words.ts';

export const APPLIED_MARKER = '<!-- headgate:applied -->';

const CELL_LENGTH = 300;
const RESERVE = 600;

interface Applied {
  readonly differences: readonly Difference[];
  readonly reviewed: ReviewedPlan;
  /** Head of the pull request when it was merged. */
  readonly head: string;
  readonly checksum: string;
  readonly runUrl: string | undefined;
}

export function renderApplied(applied: Applied): string {
  const { differences, reviewed, head, runUrl } = applied;
  const isOld = reviewed.commit !== '' && reviewed.commit !== head;
  const parts = [
    always(
      `${APPLIED_MARKER}\n### Headgate: not all of this went as planned\n\n` +
        `**${differences.length} of the reviewed plans came out differently**, ` +
        'because something had moved between the plan and the merge.\n',
    ),
    ...(isOld
      ? [
          always(
            `The plan above was made for ${toCode(reviewed.commit.slice(0, 10))}; what was merged is ${toCode(head.slice(0, 10))}.\n`,
          ),
        ]
      : []),
    always('| | Reviewed | Now | Outcome | Why |\n|---|---|---|---|---|'),
    ...differences.map((one) => ({ text: renderRow(one), rank: 1, what: 'line' })),
    always(''),
  ];
  const run = runUrl === undefined ? '' : ` · [this run](${runUrl})`;
  const footer = `<sub>Reviewed ${toCode(reviewed.checksum)}, carried out ${toCode(applied.checksum)}${run}</sub>\n`;
  const { kept, dropped } = fitParts(parts, LIMITS.comment - Buffer.byteLength(footer) - RESERVE);
  const about = { commit: head, base: undefined, runUrl, runId: undefined };
  const missing = renderMissing(dropped, 'comment', about);
  return [...kept.map(({ text }) => text), ...(missing === '' ? [] : [missing]), footer].join('\n');
}

function renderRow({ name, reviewed, now, outcome, why }: Difference): string {
  const cells = [reviewed ?? 'not remembered', now, outcome, why].map((text) =>
    escapeMarkdown(shorten(text, CELL_LENGTH)),
  );
  return `| **${escapeMarkdown(name)}** | ${cells.join(' | ')} |`;
}
