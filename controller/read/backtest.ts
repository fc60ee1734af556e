import type { AlarmRecord } from '../core/backtest/alarm-record.ts';
import { backtest } from '../core/backtest/backtest.ts';
import { listPastRollouts } from '../core/backtest/past-rollouts.ts';
import type { LoggedVisitors } from '../core/backtest/replay.ts';
import { requestFunctionName } from '../core/plan/behaviours.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import type { BacktestReport } from '../core/report/backtest.ts';
import { logGroupOf } from '../core/rollout/visitors/metric-filters.ts';
import type { HistoryEntry } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';

/** Entries of history that are read at most, the newest. */
const HISTORY_LIMIT = 500;
/** AWS's own pages differ on how long alarms' changes are kept: two weeks, or 30 days. */
const SURELY_KEPT_MILLISECONDS = 14 * 24 * 3600 * 1000;

export interface BacktestGiven {
  readonly since: Date;
  readonly now: Date;
  /** undefined: CloudWatch is asked. */
  readonly alarms: AlarmRecord | undefined;
  /** undefined: the bucket is asked. */
  readonly history: readonly HistoryEntry[] | undefined;
}

/** Reads what is known of one environment's past, and replays it. */
export async function backtestOne(
  context: Context,
  subject: EnvironmentSubject,
  { since, now, ...given }: BacktestGiven,
): Promise<{ readonly report: BacktestReport; readonly recorded: AlarmRecord }> {
  const { app, environment } = subject;
  const { guard } = environment;
  const [history, alarms] = await Promise.all([
    given.history ?? context.records(app).readHistory(app.app, environment.name, HISTORY_LIMIT),
    given.alarms ?? readAlarms(context, guard.alarms, since),
  ]);
  // With alarms from a file nobody is asked.
  const logged =
    given.alarms === undefined
      ? await readVisitors(context, subject, { history, since, now })
      : { visitors: new Map<number, LoggedVisitors>(), notes: [] };
  const { visitors } = logged;
  const rollouts = backtest({ policy: environment, history, alarms, visitors, since, now });
  const oldest = history.at(-1);
  const isCut =
    history.length >= HISTORY_LIMIT && oldest && Date.parse(oldest.at) > since.getTime();
  const kept = now.getTime() - SURELY_KEPT_MILLISECONDS;
  const isOld = rollouts.some(({ startedAt }) => Date.parse(startedAt) < kept);
  const notes = [
    ...(guard.alarms.length === 0 ? ['the policy has no guard alarms'] : []),
    ...(isCut ? [`only the newest ${HISTORY_LIMIT} entries of the history were read`] : []),
    ...(isOld && given.alarms === undefined ? [FORGOTTEN] : []),
    ...logged.notes,
  ];
  const name = `${app.app}/${environment.name}`;
  return { report: { name, since: since.toISOString(), rollouts, notes }, recorded: alarms };
}

const FORGOTTEN =
  'CloudWatch may have forgotten what alarms did more than two weeks ago, but for what rollbacks quote in the history';

async function readAlarms(
  context: Context,
  alarms: EnvironmentSubject['environment']['guard']['alarms'],
  since: Date,
): Promise<AlarmRecord> {
  if (alarms.length === 0) return { transitions: [], states: [] };
  const [transitions, states] = await Promise.all([
    context.alarmHistory.transitions(alarms, since.toISOString()),
    context.alarms.read(alarms),
  ]);
  return { transitions, states };
}

interface Past {
  readonly history: readonly HistoryEntry[];
  readonly since: Date;
  readonly now: Date;
}

/** The lines of visitors that the log still has, one rollout after the other: Logs is slow, and shared. */
async function readVisitors(
  context: Context,
  { app, environment, group }: EnvironmentSubject,
  { history, since, now }: Past,
): Promise<{ visitors: ReadonlyMap<number, LoggedVisitors>; notes: readonly string[] }> {
  const visitors = new Map<number, LoggedVisitors>();
  const notes: string[] = [];
  if (environment.guard.beacon === undefined || group.runtime !== 'cloudfront-functions') {
    return { visitors, notes };
  }
  for (const { generation, startedAt, canary } of listPastRollouts(history, { since, now })) {
    try {
      const read = await context.visitorLog.read({
        logGroup: logGroupOf(requestFunctionName(group.name)),
        app: app.app,
        environment: environment.name,
        salt: generation,
        since: startedAt,
      });
      if (read.lines.length > 0) visitors.set(generation, read);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      notes.push(`what visitors of build ${canary.build} met could not be read: ${why}`);
    }
  }
  return { visitors, notes };
}
