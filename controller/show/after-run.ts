/** The end of a run with `--github`: GitHub is shown what happened. It changes no outcome and no exit code. */
import { findStart, type Start } from '../core/github/start.ts';
import { fromRoot, type GitHubRun } from '../core/github/run.ts';
import { nameSubject, type Plan } from '../core/plan/plan.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { explainError } from '../core/report/failure.ts';
import type { Context, Place } from '../ports/context.ts';
import type { Planned } from '../read/plan-all.ts';
import { attemptEach } from '../read/attempt-each.ts';
import { compareReviewed } from './compare-reviewed.ts';
import { showEach } from './show-each.ts';
import type { ShownEnvironment, ShownRun } from './shown.ts';
import { tellProblem } from './tell-problem.ts';

/** Looked at on a schedule of those that wait for their start: GitHub gives a token 1,000 requests an hour. */
const WAITING_AT_ONCE = 10;

export interface AfterRun extends Pick<ShownRun, 'outcomes' | 'policies'> {
  readonly planned: Planned;
  /** Where a plan has no facts; what is in neither is known by its record alone. */
  readonly subjects?: readonly EnvironmentSubject[];
}

/** Never throws: one message for each thing that went wrong, and the next run makes it good. */
export async function showAfterRun(
  context: Context,
  run: GitHubRun,
  after: AfterRun,
): Promise<void> {
  try {
    await showAll(context, run, after);
  } catch (error) {
    // Not even that could be told.
    context.terminal.note(`warning: GitHub: ${explainError(error)}`);
  }
}

async function showAll(context: Context, run: GitHubRun, after: AfterRun): Promise<void> {
  const { planned, outcomes } = after;
  const directory = fromRoot(run, after.policies.directory);
  const policies = { ...after.policies, directory };
  const { environments, problems } = await findOpen(context, run, after);
  const shown: ShownRun = { run, environments, outcomes, plans: planned.set, policies };
  const others = await showEach(context, shown);
  const compared = await compare(context, shown);
  for (const problem of new Set([...problems, ...others, ...compared])) {
    await tellProblem(context, run, problem);
  }
}

/** A push may bring what was reviewed; anything else only what has moved. */
async function compare(context: Context, shown: ShownRun): Promise<readonly string[]> {
  if (shown.environments.length === 0 && shown.run.eventName !== 'push') return [];
  try {
    await compareReviewed(context, shown);
    return [];
  } catch (error) {
    return [explainError(error)];
  }
}

interface Candidate {
  readonly place: Place;
  readonly app: string;
  readonly environment: string;
  readonly plan: Plan | undefined;
  readonly start: Start | undefined;
  /** undefined: only the record knows it. */
  readonly subject: EnvironmentSubject | undefined;
}

/** Environments that GitHub may not show yet, by their records as they are now. */
async function findOpen(
  context: Context,
  { eventName }: GitHubRun,
  after: AfterRun,
): Promise<{
  readonly environments: readonly ShownEnvironment[];
  readonly problems: readonly string[];
}> {
  const found = [...listRead(after), ...listUnread(after)];
  const waiting = found.filter(isWaiting);
  const some = eventName === 'schedule' ? takeTurns(waiting, context.clock.now()) : waiting;
  const candidates = [...found.filter((one) => !isWaiting(one)), ...some];
  const { done, failures } = await attemptEach(
    candidates,
    ({ app, environment }) => ({ kind: 'environment', app, environment }),
    (candidate) => readShown(context, candidate),
  );
  return {
    environments: done.flat(),
    problems: failures.map(({ error }) => explainError(error)),
  };
}

/** It was shown when it began to wait, or could not be. */
function isWaiting({ plan, start }: Candidate): boolean {
  return start?.kind === 'kept-back' && findWritten(plan) === undefined;
}

async function readShown(
  context: Context,
  { place, app, environment, plan, start, subject }: Candidate,
): Promise<readonly ShownEnvironment[]> {
  const stored = await context.records(place).read(app, environment);
  // A first release that has not reached the edge is nothing yet but an intent.
  if (stored === undefined || stored.record.generation === 0) return [];
  // Another run has shown it meanwhile.
  if (stored.record.unshown === undefined && start?.kind !== 'kept-back') return [];
  const { bucket, region = '' } = place;
  const known = subject ?? subjectOfRecord(stored.record, { file: 'the record', bucket, region });
  return [{ subject: known, stored, plan, ...(start && { start }) }];
}

/** Of those that were read, the ones with the mark, and those that moved or wait for their start. */
function listRead({ planned }: AfterRun): readonly Candidate[] {
  const old = planned.failures.flatMap(({ subject }) =>
    subject.kind === 'app' ? [subject.app] : [],
  );
  return planned.environments.flatMap(({ facts }) => {
    const { app, environment, adoption } = facts;
    const name = `${app.app}/${environment.name}`;
    const plan = planned.set.plans.find((one) => nameSubject(one.subject) === name);
    // By policies that are not in force nobody can tell what waits.
    const isKnown = plan !== undefined && !old.includes(app.app);
    const start = isKnown ? findStart(facts, plan) : undefined;
    const isOpen =
      adoption.record?.unshown === true ||
      start?.kind === 'kept-back' ||
      findWritten(plan) !== undefined;
    const names = { app: app.app, environment: environment.name };
    return isOpen ? [{ ...names, place: app, plan, start, subject: facts }] : [];
  });
}

/** What the guard alone did, or what was rolled back by its record. */
function listUnread({ planned, subjects = [] }: AfterRun): readonly Candidate[] {
  const read = new Set(
    planned.environments.map(({ facts }) => `${facts.app.app}/${facts.environment.name}`),
  );
  return planned.set.plans.flatMap((plan) => {
    const written = findWritten(plan);
    if (written === undefined || plan.subject.kind !== 'environment') return [];
    if (read.has(nameSubject(plan.subject))) return [];
    const { app, environment } = plan.subject;
    const subject = subjects.find(
      (one) => one.app.app === app && one.environment.name === environment,
    );
    const place = written.place;
    return [{ app, environment, place, plan, start: undefined, subject }];
  });
}

function findWritten(plan: Plan | undefined) {
  return plan?.changes.find((change) => change.kind === 'write-record');
}

/** Others in the next five minutes, so that each has its turn. */
function takeTurns<Item>(items: readonly Item[], now: Date): readonly Item[] {
  if (items.length <= WAITING_AT_ONCE) return items;
  const from = (Math.floor(now.getTime() / 300_000) * WAITING_AT_ONCE) % items.length;
  return [...items.slice(from), ...items.slice(0, from)].slice(0, WAITING_AT_ONCE);
}
