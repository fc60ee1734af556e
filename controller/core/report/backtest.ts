import type { Backtested } from '../backtest/backtest.ts';
import type { ReplayEvent } from '../backtest/replay.ts';
import { escapeMarkdown } from './markdown.ts';

/** One environment's past under its policy. */
export interface BacktestReport {
  readonly name: string;
  readonly since: string;
  readonly rollouts: readonly Backtested[];
  /** What the record can't tell, or may be missing. */
  readonly notes: readonly string[];
}

/** What a replay takes as given; the same for every environment. */
export const ASSUMPTIONS: readonly string[] = [
  'reconcile looks every minute, when a step is due, and when an alarm changes',
  'alarms did what they did: also those that watched another share of visitors then',
  'approvals come as soon as they are asked for, `requires` and smoke checks are met',
  'where no lines of visitors are kept, `guard.beacon` and `minVisitors` decide nothing',
  'rollbacks of these replays count for the breaker for a day, then as lifted',
  'a replay ends where the next rollout began, or where a person ended it',
];

export function renderBacktest(reports: readonly BacktestReport[]): string {
  const parts = reports.map(renderReport);
  return [...parts, ['Assumed:', ...ASSUMPTIONS.map((line) => `  ${line}`)].join('\n')].join(
    '\n\n',
  );
}

function renderReport({ name, since, rollouts, notes }: BacktestReport): string {
  const { length } = rollouts;
  const others = rollouts.filter(({ differs }) => differs).length;
  const sum =
    length === 0
      ? ''
      : `, ${others === 0 ? 'all end as they did' : `${others} would end otherwise`}`;
  return [
    `${name}  ${length} rollout(s) since ${since}${sum}`,
    ...rollouts.flatMap(renderRollout),
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n');
}

function renderRollout(rollout: Backtested): readonly string[] {
  const { build, startedAt, generation, was, events, differs, blindFrom } = rollout;
  return [
    `  build ${build}, generation ${generation}, began at ${startedAt}${differs ? '  DIFFERS' : ''}`,
    `    was:   ${was === undefined ? 'it goes on' : `${was.event} at ${was.at}`}`,
    ...events.map(
      (event, index) => `    ${index === 0 ? 'would:' : '      '} ${describeEvent(event)}`,
    ),
    `    ${events.length === 0 ? 'would:' : '      '} ${describeOutcome(rollout)}`,
    ...(blindFrom === undefined
      ? []
      : [`    from ${blindFrom} on nobody had the build, so the alarms could say nothing of it`]),
  ];
}

function describeEvent({ at, kind, why, evidence }: ReplayEvent): string {
  switch (kind) {
    case 'started':
    case 'advanced':
    case 'released':
      return `have ${kind} at ${at}: ${why}`;
    case 'rolled-back':
      return `have rolled back at ${at} because ${evidence.join('; ') || why}`;
    case 'blocked':
      return `have waited from ${at}: ${why}`;
    case 'frozen':
      return `have been frozen from ${at}: ${why}`;
  }
}

function describeOutcome({ outcome }: Backtested): string {
  switch (outcome) {
    case 'released':
      return 'be stable';
    case 'rolled-back':
      return 'be quarantined, stable as before';
    case 'never-started':
      return 'not have started';
    case 'cut':
      return 'not have ended before something else began, or now';
    case 'waiting':
      return 'wait still';
  }
}

/** For the job summary of a pull request. */
export function renderBacktestMarkdown(reports: readonly BacktestReport[]): string {
  const rows = reports.flatMap(({ name, rollouts }) =>
    rollouts.map((one) => {
      const last = one.events.at(-1);
      const would = `${describeOutcome(one)}${last === undefined ? '' : `; ${describeEvent(last)}`}`;
      const was = one.was === undefined ? 'it goes on' : `${one.was.event} at ${one.was.at}`;
      const mark = one.differs ? '⚠️ differs' : 'same';
      return `| ${[name, one.build, was, would, mark].map(escapeMarkdown).join(' | ')} |`;
    }),
  );
  if (rows.length === 0) return '### Headgate backtest\n\nNo rollouts to replay.\n';
  const head = ['| | build | was | would | |', '|---|---|---|---|---|'];
  return ['### Headgate backtest', '', ...head, ...rows, ''].join('\n');
}
