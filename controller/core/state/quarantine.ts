import type { QuarantineLift } from '../policy/policy.ts';
import { nameBuild, type Build } from './build.ts';
import type { Quarantine } from './record.ts';

/** The entry that bars this build. A digest that was lost with a record ('') bars by number. */
export function findQuarantine(
  quarantine: readonly Quarantine[],
  build: Build,
): Quarantine | undefined {
  return quarantine.find(
    (entry) =>
      entry.build.digest === build.digest ||
      (entry.build.digest === '' && entry.build.build === build.build),
  );
}

/** The lifts that take effect, with their reasons, for the history. */
export function describeLifts(
  quarantine: readonly Quarantine[],
  lifts: readonly QuarantineLift[],
): readonly string[] {
  return lifts.flatMap((lift) => {
    const entry = quarantine.find((one) => isLiftedBy(one, lift));
    if (entry === undefined) return [];
    return [`${nameBuild(entry.build)} lifted (rollback ${lift.rollback}): ${lift.reason}`];
  });
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
  return lift.lift === entry.build.build && lift.rollback === entry.rollback;
}
