import type { Route } from '../../../edge/contract/route.ts';
import type { QuarantineLift } from '../policy/policy.ts';
import { nameBuild, type Build } from './build.ts';
import type { Quarantine } from './record.ts';

/** The entry that bars this build. A digest that was lost with a record ('') bars by number. */
export function findQuarantine(
  quarantine: readonly Quarantine[],
  build: Build,
): Quarantine | undefined {
  return quarantine.find((entry) => isBar(entry, build));
}

/** All of them: the same files may have been rolled back under several numbers, and each wants its lift. */
export function listBars(quarantine: readonly Quarantine[], build: Build): readonly Quarantine[] {
  return quarantine.filter((entry) => isBar(entry, build));
}

function isBar(entry: Quarantine, build: Build): boolean {
  return (
    entry.build.digest === build.digest ||
    (entry.build.digest === '' && entry.build.build === build.build)
  );
}

/** What a policy must say to allow them again: `{ lift: "1043", rollback: 57, reason: why it is safe now }`. */
export function exampleLifts(bars: readonly Quarantine[]): string {
  return bars
    .map(
      ({ build, rollback }) =>
        `{ lift: "${build.build}", rollback: ${rollback}, reason: why it is safe now }`,
    )
    .join(', ');
}

/** The lifts that take effect, with their reasons, for the history. */
export function describeLifts(
  quarantine: readonly Quarantine[],
  lifts: readonly QuarantineLift[],
): readonly string[] {
  const told = lifts.flatMap((lift) => {
    const entry = quarantine.find((one) => isLiftedBy(one, lift));
    if (entry === undefined) return [];
    return [`${nameBuild(entry.build)} lifted (rollback ${lift.rollback}): ${lift.reason}`];
  });
  return [...new Set(told)];
}

/**
 * What is left after the policy's lifts. A lift names one rollback: a later rollback of the same
 * build needs a lift of its own.
 */
export function applyLifts(
  quarantine: readonly Quarantine[],
  lifts: readonly QuarantineLift[],
): readonly Quarantine[] {
  return quarantine.filter((entry) => !lifts.some((lift) => isLiftedBy(entry, lift)));
}

function isLiftedBy(entry: Quarantine, lift: QuarantineLift): boolean {
  return names(lift, entry) && entry.early?.includes(lift.reason) !== true;
}

/**
 * The entry of a rollback that is made now: lifts of it that the policy has already were written by
 * someone who guessed its number, and would bring the bad build back at once.
 */
export function markEarly(entry: Quarantine, lifts: readonly QuarantineLift[]): Quarantine {
  const early = lifts.filter((lift) => names(lift, entry)).map(({ reason }) => reason);
  return early.length === 0 ? entry : { ...entry, early };
}

/** A warning for every lift that has no effect, unless it had one: of the lifted nothing is left to tell. */
export function explainLifts(
  quarantine: readonly Quarantine[],
  lifts: readonly QuarantineLift[],
  generation: number,
): readonly string[] {
  return lifts.flatMap((lift) => {
    const what = `the lift of ${lift.lift}, rollback ${lift.rollback},`;
    if (lift.rollback > generation) {
      return [`warning: ${what} has no effect: there was no such rollback yet`];
    }
    const entry = quarantine.find((one) => names(lift, one));
    if (entry?.early?.includes(lift.reason) === true) {
      return [
        `warning: ${what} has no effect: it was written before the rollback; if it is meant, say why in other words`,
      ];
    }
    const other = quarantine.find(({ build }) => build.build === lift.lift);
    if (entry !== undefined || other === undefined) return [];
    return [
      `warning: ${what} has no effect on ${nameBuild(other.build)}, quarantined since rollback ${other.rollback}`,
    ];
  });
}

function names(lift: QuarantineLift, { build, rollback }: Quarantine): boolean {
  return lift.lift === build.build && lift.rollback === rollback;
}

/** What a quarantine says for its reason, unless the history has it. */
export const LOST = 'not known: the record was lost';

/** With the record lost, the route's barred numbers are all that is left of earlier quarantines. */
export function listBarred(route: Route, now: Date): readonly Quarantine[] {
  const numbers = route.barred.filter((number) => number !== route.rollback?.build[0]);
  return numbers.map((number) => ({
    build: { build: number, digest: route.kept.find((ref) => ref[0] === number)?.[1] ?? '' },
    rollback: route.gen,
    reason: LOST,
    at: now.toISOString(),
  }));
}
