/** One line of the table: what a reviewer needs to decide whether to look closer. */
import { nameSubject, type Plan } from '../../plan/plan.ts';
import { escapeMarkdown } from '../markdown.ts';
import { readTimes } from '../times.ts';
import type { Standing } from './standing.ts';
import { count, describeMoved, describeShares, describeStanding, shorten } from './words.ts';

/** A cell that goes on for longer makes the whole table unreadable. */
const CELL_LENGTH = 140;

export const TABLE_HEAD = [
  '| Environment | What happens | Serves now | Will serve | Visitors moved |',
  '|---|---|---|---|---|',
].join('\n');

export function renderRow(plan: Plan, standing: Standing): string {
  const { review, from, to } = plan;
  const what = describeStanding(standing, plan);
  const why = reasonOf(plan, standing);
  const now = review === undefined ? from : describeShares(review.now);
  const after = review === undefined ? to : describeShares(review.after);
  const isMoving = plan.direction === 'forward' || plan.direction === 'rollback';
  const cells = [
    `**${escapeMarkdown(nameSubject(plan.subject))}**`,
    (why === undefined ? what : join(what, why)) + warn(plan),
    cell(now),
    after === now ? 'the same' : cell(after),
    isMoving && review !== undefined ? cell(describeMoved(review)) : 'none',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Where it stays as it is, why is the news. */
function reasonOf({ refusals, review, why }: Plan, standing: Standing): string | undefined {
  switch (standing) {
    case 'refused':
      return refusals[0]?.message;
    case 'blocked':
      return review?.blockers[0]?.why;
    case 'underway':
      return review?.ahead[0];
    case 'repair':
      return why;
    case 'rollback':
    case 'move':
    case 'idle':
      return undefined;
  }
}

/** Folded away below, and not to be overlooked. */
function warn({ notes }: Plan): string {
  const warnings = notes.filter((note) => note.startsWith('warning: ')).length;
  return warnings === 0 ? '' : ` (⚠️ ${count(warnings, 'warning', 'warnings')})`;
}

/** What the reason says itself is not said twice. */
function join(what: string, why: string): string {
  const words = what.replace(/^\S+ /, '');
  const isSaid = why.toLowerCase().startsWith(words.toLowerCase());
  return isSaid ? cell(`${what.slice(0, -words.length)}${why}`) : `${what}: ${cell(why)}`;
}

function cell(text: string): string {
  return escapeMarkdown(shorten(readTimes(text), CELL_LENGTH));
}
