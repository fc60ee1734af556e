/** From what GitHub lists to what it should: what has to be created, and which states have to be set. */
import type { EnvironmentRecord } from '../state/record.ts';
import type {
  Deployment,
  DeploymentPayload,
  DeploymentState,
  DeploymentStatus,
} from './deployment.ts';
import {
  describeEnd,
  describeRollback,
  listWanted,
  QUEUED,
  type Shown,
  type Wanted,
} from './wanted-deployments.ts';

/** One of ours, as GitHub has it. */
export interface Listed extends Deployment {
  readonly payload: DeploymentPayload;
  /** undefined: it was created, and whoever did that got no further. */
  readonly status: DeploymentStatus | undefined;
}

export type DeploymentStep =
  | {
      readonly kind: 'create';
      readonly payload: DeploymentPayload;
      readonly description: string;
    }
  | ({ readonly kind: 'set'; readonly id: number } & DeploymentStatus);

/** Those that have ended. No status is ever added to them. */
const CLOSED: readonly (DeploymentState | undefined)[] = ['failure', 'inactive'];

/** A state never goes back to one before it. */
const RANK = { queued: 0, in_progress: 1, success: 2, failure: 3, inactive: 3 } as const;

/** A marker's time is in whole seconds. */
const SECOND = 1000;

/**
 * Creations come alone: who has made them lists again and asks again, so that of two runs which created
 * the same at once both go on with the older one, and end the other.
 *
 * GitHub's own `auto_inactive` (documented: prior non-transient, non-production deployments of the same
 * environment that are in state success) leaves out production, and ends others' too: not relied on.
 *
 * Worked example: 1043 is stable now; listed are 1043 `in_progress` and 1042 `success`. Steps: 1042 is set
 * `inactive`, then 1043 `success`.
 */
export function planDeployments(
  shown: Shown,
  listed: readonly Listed[],
): readonly DeploymentStep[] {
  const wanted = listWanted(shown);
  const pairs: { readonly one: Wanted; readonly found: Listed | undefined }[] = [];
  for (const one of wanted.toReversed()) {
    const taken = pairs.map(({ found }) => found?.id);
    const free = listed.filter(({ id }) => !taken.includes(id));
    pairs.unshift({ one, found: findFor(one, free) });
  }
  const creations = pairs.flatMap(({ one, found }): DeploymentStep[] =>
    found === undefined
      ? [{ kind: 'create', payload: one.payload, description: one.description }]
      : [],
  );
  if (creations.length > 0) return creations;
  const kept = new Set(pairs.map(({ found }) => found?.id));
  const left = listed.filter((one) => !kept.has(one.id) && isLeft(one, shown));
  return [
    ...left.toReversed().map((one) => end(one, shown.record)),
    ...pairs.flatMap(({ one, found }) => (found === undefined ? [] : bring(found, one))),
  ];
}

/** How many of the newest ours are worth a first look: in most cases they are all that is wanted. */
export function countWanted(shown: Shown): number {
  return listWanted(shown).length;
}

/**
 * Whether `newest` are enough: all that is wanted is there in its state, so whoever brought it there has
 * ended the older ones before. Of what a step or a wait says there may be news.
 */
export function isSettled(steps: readonly DeploymentStep[], newest: readonly Listed[]): boolean {
  return steps.every(
    (step) =>
      step.kind === 'set' &&
      newest.some(({ id, status }) => id === step.id && status?.state === step.state),
  );
}

/** Newest first, as listed. */
function findFor(wanted: Wanted, listed: readonly Listed[]): Listed | undefined {
  const all = listed.filter((one) => standsFor(one, wanted));
  // Rolled back is rolled back, whatever it was called then: it ends once.
  if (wanted.state === 'failure') return all[0];
  const open = all.filter(isOpen);
  const isExact = ({ payload }: Listed) => payload.rollout === wanted.payload.rollout;
  const { rollout } = (open.find(isExact) ?? open[0])?.payload ?? {};
  const found = open.findLast(({ payload }) => payload.rollout === rollout);
  if (found !== undefined || wanted.state !== 'in_progress') return found;
  // That rollout has ended, which our record is too old to know.
  return all.find(isExact);
}

function standsFor({ payload }: Listed, wanted: Wanted): boolean {
  const { build, digest, rollout } = wanted.payload;
  if (payload.build !== build || payload.digest !== digest) return false;
  switch (wanted.state) {
    case 'success':
      return true;
    case 'failure':
      return payload.rollout === QUEUED || isBefore(payload.rollout, rollout);
    case 'in_progress':
      return payload.rollout === QUEUED || payload.rollout === rollout;
    case 'queued':
      return payload.rollout === QUEUED;
  }
}

function isBefore(rollout: string, at: string): boolean {
  return Date.parse(rollout) <= Date.parse(at) + SECOND;
}

function isOpen({ status }: Listed): boolean {
  return !CLOSED.includes(status?.state);
}

/** Ours, and nobody needs it any more, as far as this run can know. */
function isLeft(listed: Listed, { record, start }: Shown): boolean {
  const { payload, status } = listed;
  if (!isOpen(listed)) return false;
  if (payload.rollout !== QUEUED) return isBefore(payload.rollout, record.last.at);
  const isWaiting = status === undefined || status.state === 'queued';
  return !isWaiting || start !== undefined;
}

/** What everyone got ends without blame, also when a person went back behind it. */
function end(listed: Listed, record: EnvironmentRecord): DeploymentStep {
  const { id, payload, status } = listed;
  const barred = record.quarantine.find(
    ({ build, at }) =>
      build.digest === payload.digest &&
      (payload.rollout === QUEUED || isBefore(payload.rollout, at)),
  );
  if (barred !== undefined && status?.state !== 'success' && status?.state !== 'queued') {
    return { kind: 'set', id, state: 'failure', description: describeRollback(barred) };
  }
  return { kind: 'set', id, state: 'inactive', description: describeEnd(record) };
}

function bring(found: Listed, wanted: Wanted): readonly DeploymentStep[] {
  const { id, status } = found;
  if (!isOpen(found)) return [];
  const { state, description } = wanted;
  const now = status === undefined ? -1 : RANK[status.state];
  // Everyone got it before a person went back behind it.
  if (state === 'failure' && status?.state === 'success') {
    return [{ kind: 'set', id, state: 'inactive', description }];
  }
  if (now > RANK[state]) return [];
  const isNews = now < RANK[state] || (state !== 'success' && status?.description !== description);
  return isNews ? [{ kind: 'set', id, state, description }] : [];
}
