/** A plan for reviewers: the sticky comment, the job summary and the check run have the same text. */
import type { Plan, PlanSet } from '../../plan/plan.ts';
import type { Issue } from '../../policy/issue.ts';
import { renderReviewed } from '../../github/reviewed-plan.ts';
import { nameSubject } from '../../plan/plan.ts';
import type { Failure } from '../failure.ts';
import { escapeMarkdown, listProblems } from '../markdown.ts';
import { renderDetail } from './detail.ts';
import { always, fitParts, type Part } from './fit.ts';
import { renderFooter, renderMissing, type About } from './footer.ts';
import { renderHeadline } from './headline.ts';
import { renderApps, renderGroups, renderIdle } from './others.ts';
import { renderRow, TABLE_HEAD } from './row.ts';
import { rankOf, sortPlans, type Standings } from './standing.ts';
import { shorten } from './words.ts';

export interface PlanReport {
  /** With reviews. */
  readonly set: PlanSet;
  readonly issues: readonly Issue[];
  readonly failures: readonly Failure[];
  /** undefined: this is no run of GitHub's. */
  readonly about: About | undefined;
}

/**
 * Bytes, of which there are never fewer than of what GitHub counts: it takes 65,536 characters in a comment,
 * 65,535 in a check, and 1 MiB in a step's job summary, where others have something to say, too.
 */
export const LIMITS = { comment: 65_536, check: 65_535, summary: 1_000_000 } as const;

export type Medium = keyof typeof LIMITS;

/** For what says which parts are missing, and where they are. */
const RESERVE = 600;

export const PLAN_MARKER = '<!-- headgate:plan -->';

/** Ready to be written: with marker and hidden memory where it is a comment. */
export function renderPlanReport(report: PlanReport, medium: Medium): string {
  const sorted = sortPlans(report.set.plans);
  const marker = medium === 'comment' ? `${PLAN_MARKER}\n${remember(report, sorted)}\n` : '';
  const head = `${marker}### Headgate plan\n\n**${headlineOf(report)}**\n`;
  const footer = renderFooter(report.set, report.about);
  const limit = LIMITS[medium] - Buffer.byteLength(head + footer) - RESERVE;
  const { kept, dropped } = fitParts(listParts(report, sorted), limit);
  const missing = renderMissing(dropped, medium, report.about);
  // Before the rest: nobody should look for what isn't there.
  const texts = [...(missing === '' ? [] : [missing]), ...kept.map(({ text }) => text)];
  return [head, ...texts, footer].join('\n');
}

export function headlineOf({ set, issues, failures }: PlanReport): string {
  const troubles = { unread: failures.length, issues: issues.length };
  return renderHeadline(sortPlans(set.plans), troubles);
}

/** Whether it says more than that all is as it should be. */
export function isNews({ set, issues, failures }: PlanReport): boolean {
  const { environments, groups } = sortPlans(set.plans);
  const isQuiet =
    environments.every(
      ({ plan, standing }) => standing === 'idle' || standing === 'underway' || isHeld(plan),
    ) && groups.every(({ changes, refusals }) => changes.length + refusals.length === 0);
  return !isQuiet || issues.length + failures.length > 0;
}

/** After a rollback, and by nothing else: until its revert is merged that is no news to any other pull request. */
function isHeld({ direction, refusals, review }: Plan): boolean {
  const blockers = review?.blockers ?? [];
  const isOnlyHeld = blockers.length > 0 && blockers.every(({ kind }) => kind === 'held');
  return direction === 'none' && refusals.length === 0 && isOnlyHeld;
}

function listParts(report: PlanReport, sorted: Standings): readonly Part[] {
  const { environments, groups, apps } = sorted;
  const shown = environments.filter(({ standing }) => standing !== 'idle');
  const idle = environments.filter(({ standing }) => standing === 'idle');
  const rows = shown.map(({ plan, standing }) => ({
    text: renderRow(plan, standing),
    rank: 100 + rankOf(standing),
    what: 'line',
  }));
  const details = shown.map(({ plan, standing }) => ({
    text: renderDetail(plan, standing),
    rank: 300 + rankOf(standing),
    what: 'detail',
  }));
  return [
    ...(rows.length === 0 ? [] : [always(TABLE_HEAD), ...rows, always('')]),
    ...listTroubles(report),
    ...some(renderGroups(groups, shown), 200, 'section'),
    ...details,
    ...some(renderIdle(idle), 500, 'list'),
    ...some(renderApps(apps), 400, 'list'),
  ];
}

/** One line of a problem may be long; nothing of it is Markdown. */
const PROBLEM_LENGTH = 1000;

function listTroubles(report: PlanReport): readonly Part[] {
  const lines = listProblems(report).map((line) => ({
    text: `- ${escapeMarkdown(shorten(line, PROBLEM_LENGTH))}`,
    rank: 50,
    what: 'problem',
  }));
  return lines.length === 0 ? [] : [always('#### ⚠️ Problems\n'), ...lines, always('')];
}

function some(text: string, rank: number, what: string): readonly Part[] {
  return text === '' ? [] : [{ text, rank, what }];
}

/** Apps' plans follow from the files: whoever changes one of an app's environments sees it there. */
function remember({ set, about }: PlanReport, { environments, groups }: Standings): string {
  const told = environments.filter(
    ({ standing }) => standing !== 'idle' && standing !== 'underway',
  );
  const coded = groups.filter(({ changes }) => changes.length > 0);
  return renderReviewed({
    version: 1,
    commit: about?.commit ?? '',
    ...(about?.runId !== undefined && { run: about.runId }),
    checksum: set.checksum,
    subjects: [...told.map(({ plan }) => plan), ...coded].map(({ subject, checksum, to }) => ({
      name: nameSubject(subject),
      checksum,
      to: shorten(to, 200),
    })),
  });
}
