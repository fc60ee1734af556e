import { requestFunctionName } from '../core/plan/behaviours.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { judgeRollout, type Observations } from '../core/rollout/verdict.ts';
import type { VisitorEvidence } from '../core/rollout/visitors/evidence.ts';
import { foldLines } from '../core/rollout/visitors/fold.ts';
import { logGroupOf } from '../core/rollout/visitors/metric-filters.ts';
import type { EnvironmentRecord, Rollout } from '../core/state/record.ts';
import { EVERYONE } from '../core/state/route.ts';
import type { Context } from '../ports/context.ts';
import { readObservations } from './observations.ts';

/**
 * All that the guard judges by. Where the alarms' word is enough for a rollback, nobody asks the log:
 * no rollback may wait for it.
 */
export async function readGuard(
  context: Context,
  subject: EnvironmentSubject,
  record: EnvironmentRecord | undefined,
): Promise<Observations> {
  const { guard } = subject.environment;
  const seen = await readObservations(context, guard.alarms, record);
  const { rollout, stable } = record ?? {};
  const isAsked = guard.beacon !== undefined && subject.group.runtime === 'cloudfront-functions';
  if (!isAsked || rollout === undefined || stable === undefined) return seen;
  if (rollout.weightBasisPoints === EVERYONE || record?.pause !== undefined) return seen;
  // A person decides now, whatever the log says.
  if (rollout.reported !== undefined) return seen;
  const now = context.clock.now();
  if (judgeRollout(seen, guard, now).kind === 'fail') return seen;
  const builds = { stable: stable.build, canary: rollout.canary.build };
  return { ...seen, visitors: await readVisitors(context, subject, { rollout, builds, now }) };
}

interface Asked {
  readonly rollout: Rollout;
  readonly builds: { readonly stable: string; readonly canary: string };
  readonly now: Date;
}

async function readVisitors(
  context: Context,
  { app, environment, group }: EnvironmentSubject,
  { rollout, builds, now }: Asked,
): Promise<VisitorEvidence> {
  try {
    const { lines, sampling } = await context.visitorLog.read({
      logGroup: logGroupOf(requestFunctionName(group.name)),
      app: app.app,
      environment: environment.name,
      salt: rollout.salt,
      since: rollout.startedAt,
    });
    return foldLines(lines, { ...builds, sampling }, now);
  } catch (error) {
    // Not knowing is evidence too: it holds the rollout, and at the deadline the alarms decide alone.
    return { kind: 'unread', why: error instanceof Error ? error.message : String(error) };
  }
}
