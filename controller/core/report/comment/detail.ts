/** Everything about one environment, folded. */
import { nameSubject, type Plan } from '../../plan/plan.ts';
import type { Review } from '../../plan/review.ts';
import type { Serving } from '../../plan/review-shares.ts';
import { escapeHtml, escapeMarkdown, toCode } from '../markdown.ts';
import { describeChange, renderNotes } from '../plan-text.ts';
import { readTimes } from '../times.ts';
import { describeTrain } from '../train.ts';
import type { Standing } from './standing.ts';
import {
  BLOCKED,
  describeMoved,
  describeRole,
  describeShares,
  describeStanding,
  percent,
  sentence,
  shorten,
} from './words.ts';

/** Of one line: an alarm's reason may fill the screen, and all of it is in the job's log. */
const LINE_LENGTH = 1000;
/** Of one kind in one environment. */
const LINES = 40;

export function renderDetail(plan: Plan, standing: Standing): string {
  const { review } = plan;
  const name = escapeHtml(nameSubject(plan.subject));
  const what = escapeHtml(`${describeStanding(standing, plan)}${describeTarget(plan)}`);
  return [
    '<details>',
    `<summary><b>${name}</b>: ${what}</summary>`,
    '',
    ...(isSaid(plan) ? [] : [`_Why_: ${line(plan.why)}`, '']),
    ...(review === undefined ? [] : renderShares(review)),
    ...listFacts(plan),
    '',
    ...listWrites(plan),
    '</details>',
    '',
  ].join('\n');
}

/** By what it is refused for, or waits for. */
function isSaid({ refusals, direction, review }: Plan): boolean {
  return direction === 'none' && refusals.length + (review?.blockers.length ?? 0) > 0;
}

function describeTarget({ direction, review, from, to }: Plan): string {
  const now = review === undefined ? from : describeShares(review.now);
  const after = review === undefined ? to : describeShares(review.after);
  const isMoving = direction === 'forward' || direction === 'rollback';
  return now === after || !isMoving ? ` (${now})` : ` (${now} → ${after})`;
}

/** Who gets what now and afterwards, where that differs. */
function renderShares({ now, after }: Review): readonly string[] {
  const isSame = JSON.stringify(now) === JSON.stringify(after);
  if (after === undefined || isSame) return [];
  const shares = [...(after.shares ?? []), ...(now?.shares ?? [])];
  const builds = [...new Map(shares.map((one) => [one.build, one])).keys()];
  const rows = builds.map((build) => {
    const origin = shares.find((one) => one.build === build)?.origin;
    const name = origin === undefined ? `build ${build}` : `origin ${build} (${origin})`;
    return `| ${escapeMarkdown(name)} | ${shareOf(now, build)} | ${shareOf(after, build)} |`;
  });
  const who = [...new Set([...after.cohorts, ...(now?.cohorts ?? [])].map((one) => one.who))];
  const cohorts = who.map(
    (one) => `| cohort: ${line(one)} | ${cohortOf(now, one)} | ${cohortOf(after, one)} |`,
  );
  return ['| | now | after |', '|---|---|---|', ...rows, ...cohorts, ''];
}

function shareOf(serving: Serving | undefined, build: string): string {
  const share = serving?.shares.find((one) => one.build === build);
  return share === undefined
    ? 'none'
    : `${percent(share.basisPoints)}, ${describeRole(share.role)}`;
}

function cohortOf(serving: Serving | undefined, who: string): string {
  const build = serving?.cohorts.find((one) => one.who === who)?.build;
  return build === undefined ? 'as everyone' : `build ${escapeMarkdown(build)}`;
}

function listFacts(plan: Plan): readonly string[] {
  const { review, refusals, evidence } = plan;
  return [
    ...refusals.flatMap(({ message, next }) => [
      item('⛔ Refused', sentence(message)),
      nextStep(next),
    ]),
    ...(review === undefined ? [] : listReviewed(plan, review)),
    ...describeTrain(plan).map((text) => item('Train', text)),
    ...cut(evidence.map((text) => item('Evidence', text))),
    ...cut(notesOf(plan).map((note) => item(...splitWarning(note)))),
  ];
}

function listReviewed({ refusals, direction }: Plan, review: Review): readonly string[] {
  const { blockers, settings, sessions, alarms, rollback, ahead } = review;
  // What made a wait overdue is in the refusal.
  const isTold = (why: string) => refusals.some(({ message }) => message.includes(why));
  return [
    ...blockers
      .filter(({ why }) => !isTold(why))
      .flatMap(({ kind, why, wayOut, until }) => {
        const time = until === undefined || why.includes(until) ? '' : ` By itself at ${until}.`;
        const told = item(`⏸️ ${startUpper(BLOCKED[kind])}`, `${sentence(why)}${time}`);
        return wayOut === undefined ? [told] : [told, nextStep(wayOut)];
      }),
    ...(direction === 'none' ? [] : [item('Visitors moved', describeMoved(review))]),
    ...cut(settings.map((text) => item('Changes', text))),
    ...sessions.map((text) => item('Sessions', text)),
    ...(ahead.length === 0 ? [] : [item('Then, while the guard sees no harm', ahead.join(', '))]),
    ...(alarms.length === 0 ? [] : [`- **Alarms now**: ${alarms.map(renderAlarm).join(', ')}`]),
    ...(rollback === undefined ? [] : [item('Rollback target', describeRollback(rollback))]),
  ];
}

function renderAlarm({ name, region, state }: Review['alarms'][number]): string {
  const said = {
    OK: 'OK',
    ALARM: '**in ALARM**',
    INSUFFICIENT_DATA: 'no data yet',
    missing: '**does not exist**',
    unreadable: '**could not be read**',
  }[state];
  return `${toCode(shorten(name, LINE_LENGTH))} (${escapeMarkdown(region)}) ${said}`;
}

function describeRollback({ target, isReady, next }: NonNullable<Review['rollback']>): string {
  if (target === undefined) return `none. ${next}`;
  return isReady ? `${target}, ready: \`${next}\`` : `${target}, NOT READY: ${next}`;
}

/** What the review tells is not told again. */
function notesOf(plan: Plan): readonly string[] {
  const known = new Set([
    ...(plan.review?.sessions ?? []),
    ...(plan.review?.blockers.flatMap(({ why }) => [why, `blocked: ${why}`]) ?? []),
  ]);
  return renderNotes(plan)
    .map((note) => note.replace(/^ {2}note: /, ''))
    .filter((note) => !known.has(note));
}

function splitWarning(note: string): readonly [string, string] {
  return note.startsWith('warning: ')
    ? ['⚠️ Warning', note.slice('warning: '.length)]
    : ['Note', note];
}

function listWrites({ changes, checksum }: Plan): readonly string[] {
  if (changes.length === 0) return [];
  const writes = changes.map((change) => `1. ${line(describeChange(change))}`);
  return ['Writes, in this order:', '', ...cut(writes), '', `Plan checksum \`${checksum}\``, ''];
}

/** Below what it mends. */
function nextStep(text: string): string {
  return `  - Next: ${line(text)}`;
}

function item(name: string, text: string): string {
  return `- **${name}**: ${line(text)}`;
}

function line(text: string): string {
  return escapeMarkdown(shorten(readTimes(text), LINE_LENGTH));
}

function cut(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES) return lines;
  return [...lines.slice(0, LINES), `- and ${lines.length - LINES} more`];
}

function startUpper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
