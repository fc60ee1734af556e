import type { Route } from '../../../edge/contract/route.ts';
import type { NotifyPolicy } from '../policy/guard-policy.ts';
import type { Step } from '../policy/policy.ts';
import { listBarred, LOST, markEarly } from './quarantine.ts';
import { addRollback, markEarlyLift } from './rollbacks.ts';
import { adoptionEntry, rolledBackEntry } from './adoption-entry.ts';
import { fromRef } from './build.ts';
import type { LiveRoute } from './live.ts';
import {
  RECORD_VERSION,
  type EnvironmentRecord,
  type HistoryEntry,
  type Quarantine,
  type Remembered,
  type State,
} from './record.ts';
import { EVERYONE } from './route.ts';
import { serveNext } from './served.ts';
import { UNSHOWN } from './unshown.ts';
import { markUntold } from './untold.ts';

/** What adoption may look at beside the two states. */
export interface AdoptionFacts {
  readonly now: Date;
  readonly by: string;
  readonly steps: readonly Step[];
  readonly hosts: readonly string[];
  /** The KeyValueStore that the live route was read from; undefined: SSM alone. */
  readonly store: string | undefined;
  /** Of the policy at hand: who hears of what is adopted. */
  readonly notify?: NotifyPolicy | undefined;
  /** Of the policy at hand: for a record that is lost, and for lifts that can't be meant. */
  readonly remembered?: Remembered;
}

export interface Adoption {
  readonly record: EnvironmentRecord | undefined;
  /** Why the stored record may not be planned from as it is; undefined: nothing was adopted. */
  readonly reason: 'intent-finished' | 'intent-void' | 'rollback' | 'newer-route' | undefined;
  /** Entries that only the stored record has, if the runs that made those generations died too early. */
  readonly former?: readonly HistoryEntry[];
}

/**
 * Brings the record up to the live route. A live route that is newer than the record, or carries a
 * rollback the record doesn't know, is adopted before anything is planned, never repaired as drift.
 *
 * Worked example: the record says generation 7 with an intent for 8; a rollback wrote its own
 * generation 8 to the edge. The live text is not the intent's, and its rollback is unknown:
 * the record becomes generation 8, held, and the intent is void.
 */
export function adoptLive(
  stored: EnvironmentRecord | undefined,
  live: LiveRoute | undefined,
  facts: AdoptionFacts,
): Adoption {
  if (stored === undefined) {
    if (live === undefined) return { record: undefined, reason: undefined };
    return { record: recordOf(undefined, live, facts), reason: 'newer-route' };
  }
  const { intent, ...settled } = stored;
  // An intent for the very first release, of which nothing reached the edge.
  if (settled.generation === 0 && live === undefined) {
    return { record: undefined, reason: 'intent-void' };
  }
  if (live !== undefined && intent?.route === live.text) {
    return { record: intent, reason: 'intent-finished' };
  }
  // Which of the two sets of hosts carries the route is not known: both are put right.
  const before = { ...settled, hosts: [...new Set([...settled.hosts, ...(intent?.hosts ?? [])])] };
  if (live !== undefined && carriesUnknownRollback(live.route, stored)) {
    const former = formerOf(stored, live, facts);
    return { record: recordOf(before, live, facts), reason: 'rollback', former };
  }
  if (live !== undefined && live.route.gen > stored.generation) {
    const former = formerOf(stored, live, facts);
    return { record: recordOf(before, live, facts), reason: 'newer-route', former };
  }
  return intent === undefined
    ? { record: settled, reason: undefined }
    : { record: { ...settled, ...rememberVoid(intent, facts) }, reason: 'intent-void' };
}

/** With a KeyValueStore what is live now tells what has been; SSM alone doesn't. */
function rememberVoid(
  { generation }: EnvironmentRecord,
  { store }: AdoptionFacts,
): Pick<EnvironmentRecord, 'mayBeServed'> {
  return store === undefined ? { mayBeServed: generation } : {};
}

/** A rollback is one above what was live: with a KeyValueStore that tells whether the intent was. */
function formerOf(
  stored: EnvironmentRecord,
  { route }: LiveRoute,
  facts: AdoptionFacts,
): readonly HistoryEntry[] {
  const { intent, generation, last } = stored;
  const told = generation > 0 ? [last] : [];
  const before = route.gen - 1;
  if (facts.store === undefined || generation >= before) return told;
  if (intent?.generation === before) return [...told, intent.last];
  const isRollback = route.rollback?.gen === route.gen;
  return isRollback ? [...told, rolledBackEntry(stored, route, facts)] : told;
}

function carriesUnknownRollback(route: Route, record: EnvironmentRecord): boolean {
  const marker = route.rollback;
  // A rollback older than the record's own was known once, even if its quarantine was lifted since.
  return marker !== undefined && marker.gen >= record.generation && !knows(record, marker.gen);
}

function knows(record: EnvironmentRecord | undefined, rollback: number): boolean {
  return (
    record?.marker?.gen === rollback ||
    record?.quarantine.some((entry) => entry.rollback === rollback) === true
  );
}

function recordOf(
  before: EnvironmentRecord | undefined,
  live: LiveRoute,
  facts: AdoptionFacts,
): EnvironmentRecord {
  const { route } = live;
  const state = stateOf(before, route, facts);
  const remembered = before?.remembered ?? facts.remembered;
  const last = adoptionEntry(before, route, facts);
  return {
    version: RECORD_VERSION,
    app: route.app,
    environment: route.env,
    generation: route.gen,
    route: live.text,
    ...(facts.store !== undefined && { store: facts.store }),
    hosts: before?.hosts ?? facts.hosts,
    ...state,
    ...rollbacksOf(before, route, facts),
    ...(remembered && { remembered }),
    ...(before?.pause && { pause: before.pause }),
    ...markUntold(before, last, facts.notify),
    ...UNSHOWN,
    served: serveNext(before, state, facts.now.toISOString()),
    last,
  };
}

function stateOf(before: EnvironmentRecord | undefined, route: Route, facts: AdoptionFacts): State {
  const marker = route.rollback;
  const shared = {
    stable: fromRef(route.stable, route.origins),
    kept: route.kept.map((ref) => fromRef(ref, route.origins)),
    quarantine: quarantineOf(before, route, facts),
    ...(marker && { marker }),
  };
  if (route.canary !== undefined) {
    const at = facts.now.toISOString();
    const { weight, salt } = route.canary;
    const canary = fromRef(route.canary.build, route.origins);
    const known = before?.rollout?.salt === salt ? before.rollout : undefined;
    // Without a record nobody knows when the step began: it starts again, which only delays it.
    const rollout = {
      startedAt: at,
      ...known,
      canary,
      salt,
      step: weight >= EVERYONE ? facts.steps.length : stepOf(weight, facts.steps),
      weightBasisPoints: weight,
      stepStartedAt: at,
    };
    return { ...shared, phase: weight >= EVERYONE ? 'baking' : 'rolling', rollout };
  }
  const isHeld = marker !== undefined && (!knows(before, marker.gen) || before?.phase === 'held');
  if (!isHeld) return { ...shared, phase: 'idle' };
  const held = { build: fromRef(marker.build, route.origins), rollback: marker.gen };
  return { ...shared, phase: 'held', hold: holdBefore(before) ?? held };
}

/** Held already, a person went back further: the policy goes on naming the build it was held for. */
function holdBefore(before: EnvironmentRecord | undefined): State['hold'] {
  return before?.phase === 'held' ? before.hold : undefined;
}

/** The last step whose weight the canary has reached. */
function stepOf(weight: number, steps: readonly Step[]): number {
  return Math.max(0, steps.filter((step) => step.weightBasisPoints <= weight).length - 1);
}

function quarantineOf(
  before: EnvironmentRecord | undefined,
  route: Route,
  facts: AdoptionFacts,
): readonly Quarantine[] {
  const known = before?.quarantine ?? listBarred(route, facts.now);
  const marker = route.rollback;
  if (marker === undefined) return known;
  // By build as well: bars that survived a lost record all carry the generation they were found at.
  const isKnown = known.some(
    (entry) => entry.rollback === marker.gen && entry.build.build === marker.build[0],
  );
  if (isKnown) return known;
  const entry = {
    build: fromRef(marker.build, route.origins),
    rollback: marker.gen,
    reason: before === undefined ? `${marker.reason}, why is ${LOST}` : marker.reason,
    at: new Date(marker.at * 1000).toISOString(),
  };
  // Without a record a lift counts when something was released since: somebody may have meant it.
  const isOpen = before === undefined && marker.gen !== route.gen;
  const lifts = isOpen ? [] : (facts.remembered?.lifts ?? []);
  return [markEarly(entry, lifts), ...known];
}

/** A person's own rollback, or one that nobody approved, says nothing about how releases go. */
function rollbacksOf(
  before: EnvironmentRecord | undefined,
  { rollback: marker }: Route,
  { remembered }: AdoptionFacts,
): Pick<EnvironmentRecord, 'rollbacks'> {
  const known = before?.rollbacks ?? [];
  const isNew =
    marker !== undefined &&
    (marker.reason === 'alarm' || marker.reason === 'no-data') &&
    !knows(before, marker.gen);
  if (!isNew) return known.length === 0 ? {} : { rollbacks: known };
  const seen = { rollback: marker.gen, at: new Date(marker.at * 1000).toISOString() };
  const lift = before === undefined ? undefined : remembered?.breakerLift;
  return { rollbacks: addRollback(known, markEarlyLift(seen, marker.gen, { lift })) };
}
