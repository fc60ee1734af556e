import type { Build } from './build.ts';
import { findQuarantine } from './quarantine.ts';
import type { EnvironmentRecord, Served, State } from './record.ts';
import { EVERYONE } from './route.ts';

const REMEMBERED = 10;

/**
 * Which builds everyone got, and when, with the state that follows. A rollout's shares end the time
 * of stable, as then not everyone gets it; its bake begins that of the canary.
 */
export function serveNext(
  before: EnvironmentRecord | undefined,
  state: State,
  at: string,
): readonly Served[] {
  const [head, ...rest] = servedOf(before);
  const build = servedToAll(state);
  const isSame = head?.until === undefined && head?.build.digest === build?.digest;
  if (head !== undefined && isSame) {
    return [{ ...head, ...stability(state) }, ...forgetBarred(rest, state)];
  }
  const ended = head === undefined ? [] : [{ ...head, until: head.until ?? at }];
  const begun = build === undefined ? [] : [{ build, since: at, ...stability(state) }];
  return [...begun, ...forgetBarred([...ended, ...rest], state)].slice(0, REMEMBERED);
}

/** Rolled back, it is no longer known to be good: once its quarantine is lifted it takes every step again. */
function forgetBarred(known: readonly Served[], { quarantine }: State): readonly Served[] {
  return known.map(({ stable, ...time }) =>
    stable === undefined || findQuarantine(quarantine, time.build) ? time : { ...time, stable },
  );
}

/** A record of an earlier version tells only that its last generation began then: later, never sooner. */
export function servedOf(record: EnvironmentRecord | undefined): readonly Served[] {
  if (record?.served !== undefined) return record.served;
  const build = record && servedToAll(record);
  if (record === undefined || build === undefined) return [];
  return [{ build, since: record.last.at, ...stability(record) }];
}

function stability(state: State): Pick<Served, 'stable'> {
  return state.rollout === undefined ? { stable: true } : {};
}

function servedToAll({ stable, rollout }: State): Build | undefined {
  if (rollout === undefined) return stable;
  return rollout.weightBasisPoints === EVERYONE ? rollout.canary : undefined;
}
