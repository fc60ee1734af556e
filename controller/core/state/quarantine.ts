import type { QuarantineLift } from '../policy/policy.ts';
import type { Build } from './build.ts';
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

/**
 * What is left after the policy's lifts. A lift names one rollback: a later rollback of the same
 * build needs a lift of its own.
 */
export function applyLifts(
  quarantine: readonly Quarantine[],
  lifts: readonly QuarantineLift[],
): readonly Quarantine[] {
  return quarantine.filter(
    (entry) =>
      !lifts.some((lift) => lift.lift === entry.build.build && lift.rollback === entry.rollback),
  );
}
