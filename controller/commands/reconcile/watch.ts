import { applyAll } from '../../apply/apply-all.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { gravestExit, nameSubject } from '../../core/plan/plan.ts';
import { OldPoliciesError } from '../../core/policy/in-force.ts';
import { explainError } from '../../core/report/failure.ts';
import type { Context } from '../../ports/context.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import {
  concludeExit,
  findMoved,
  findReasonToEnd,
  type Reason,
  type Watch,
  type WatchOptions,
} from './ending.ts';
import {
  alarmsOf,
  findGone,
  findRollouts,
  needsPlan,
  planOne,
  readAlarms,
  readCopies,
  type Watched,
} from './look.ts';
import { reconcileOnce, type Reconciled } from './once.ts';
import type { Teller } from './teller.ts';

/** Looks that may fail one after the other: CloudWatch has bad minutes, and a rollout must not lose its guard to one. */
const FAILED_LOOKS = 5;

/**
 * Goes on after a whole run, for as long as something rolls: it looks often and cheaply, rolls back as
 * soon as an alarm says so, and runs whole again when a step is due. Every write is fenced as ever, so
 * other runs may work beside it.
 */
export async function watchRollouts(
  context: Context,
  first: { readonly loaded: LoadedPolicies; readonly reconciled: Reconciled },
  { teller, ...options }: WatchOptions & { readonly teller: Teller },
): Promise<ExitCode> {
  const { loaded, reconciled } = first;
  const { forSeconds = Number.POSITIVE_INFINITY } = options;
  const watch: Watch = {
    context,
    loaded,
    options,
    teller,
    run: await context.surroundings.facts(),
    end: context.clock.now().getTime() + forSeconds * 1000,
    ...(await findWatched(context, loaded)),
    exitCode: reconciled.exitCode,
    isOld: isByOldPolicies(reconciled),
    isRolledBack: hasRolledBack(reconciled),
    failedLooks: 0,
  };
  for (;;) {
    const reason = await lookOnce(watch);
    if (reason === undefined) await rest(watch);
    else {
      const exitCode = concludeExit(watch, reason);
      teller.ended(reason.text, exitCode);
      return exitCode;
    }
  }
}

async function findWatched(
  context: Context,
  { policies }: LoadedPolicies,
): Promise<Pick<Watch, 'watched' | 'copies'>> {
  const watched = await findRollouts(context, policies);
  return { watched, copies: await readCopies(context, watched) };
}

function hasRolledBack({ outcomes }: Pick<Reconciled, 'outcomes'>): boolean {
  return outcomes.some(({ exitCode }) => exitCode === EXIT.rolledBack);
}

function isByOldPolicies({ failures }: Pick<Reconciled, 'failures'>): boolean {
  return failures.some(({ error }) => error instanceof OldPoliciesError);
}

/** Why it ends; undefined: it goes on. */
async function lookOnce(watch: Watch): Promise<Reason | undefined> {
  try {
    const reason = findReasonToEnd(watch);
    if (reason !== undefined) return reason;
    await leaveGone(watch);
    const moved = await findMoved(watch);
    if (moved !== undefined) return { text: moved, isAsked: false };
    const isDue = await lookAtAll(watch);
    watch.teller.waits(watch.watched);
    if (isDue || watch.exitCode === EXIT.moved) await runWhole(watch);
    watch.failedLooks = 0;
    return findReasonToEnd(watch);
  } catch (error) {
    watch.failedLooks++;
    if (watch.failedLooks >= FAILED_LOOKS) throw error;
    watch.teller.says(`Could not look, and tries again: ${explainError(error)}`);
    return undefined;
  }
}

async function leaveGone(watch: Watch): Promise<void> {
  const { context, teller } = watch;
  const gone = await Promise.all(watch.watched.map((one) => findGone(context, one)));
  watch.watched = watch.watched.filter((_one, index) => gone[index] === undefined);
  for (const one of gone) {
    if (one === undefined) continue;
    teller.says(one.text);
    if (one.isRolledBack) watch.isRolledBack = true;
  }
}

/** True when a whole run has something to do. What must go back goes back at once. */
async function lookAtAll(watch: Watch): Promise<boolean> {
  const { context } = watch;
  const all = await readAlarms(context, watch.watched);
  let isDue = false;
  for (const one of watch.watched) {
    const alarms = alarmsOf(one, all);
    const now = context.clock.now();
    if (!needsPlan(one, alarms, now)) continue;
    // It went back with another one.
    if (!watch.watched.some(({ name }) => name === one.name)) continue;
    const { policies } = watch.loaded;
    const { plan } = await planOne(context, one, { policies, run: watch.run });
    const { why, until, direction } = plan;
    const gone = direction === 'rollback' ? await rollBack(watch, one) : [];
    watch.watched = watch.watched.filter(({ name }) => !gone.includes(name));
    if (gone.includes(one.name)) continue;
    if (plan.changes.length > 0) isDue = true;
    // What is due was told by what it waited for.
    const told = plan.changes.length > 0 ? {} : { why, until };
    const seen = { ...one, ...told, alarms, plannedAt: now.getTime() };
    watch.watched = watch.watched.map((other) => (other === one ? seen : other));
  }
  return isDue;
}

/**
 * The environment, and those that move together with it: reading all the others first would cost visitors
 * seconds. Names of those that went back; for the rest a whole run tries.
 */
async function rollBack(watch: Watch, one: Watched): Promise<readonly string[]> {
  const { context, loaded, run } = watch;
  const makePlans = () => planOne(context, one, { policies: loaded.policies, run });
  const { set } = await makePlans();
  const outcomes = await applyAll(set, { context, makePlans });
  const exitCode = gravestExit(outcomes.map((outcome) => outcome.exitCode));
  const isDone = hasRolledBack({ outcomes });
  if (isDone) watch.isRolledBack = true;
  const planned = { set, failures: [], environments: [] };
  await watch.teller.ran({ outcomes, exitCode, failures: [], planned });
  return outcomes.flatMap(({ plan, exitCode: code }) =>
    code === EXIT.rolledBack ? [nameSubject(plan.subject)] : [],
  );
}

async function runWhole(watch: Watch): Promise<void> {
  const { context, loaded, options, teller } = watch;
  const done = await reconcileOnce(context, loaded, {
    signal: options.signal,
    only: options.only,
  });
  watch.exitCode = done.exitCode;
  watch.isOld = isByOldPolicies(done);
  if (hasRolledBack(done)) watch.isRolledBack = true;
  await teller.ran(done);
  Object.assign(watch, await findWatched(context, loaded));
}

/** Until the next look, or until the next step is due if that is sooner. */
async function rest({ context, watched, options, teller, end }: Watch): Promise<void> {
  const { clock, terminal } = context;
  const started = clock.now().getTime();
  const dues = watched.flatMap(({ until }) => (until === undefined ? [] : [Date.parse(until)]));
  const next = started + options.intervalSeconds * 1000;
  const wake = Math.min(next, end, ...dues.filter((due) => due > started));
  for (;;) {
    const left = wake - clock.now().getTime();
    if (left <= 0 || options.signal.aborted) return;
    teller.counts(watched);
    await clock.sleep(terminal.interactive ? Math.min(left, 1000) : left, options.signal);
  }
}
