/** Rules for the guard. */
import { perEnvironment, type Breach } from './breach.ts';
import type { EnvironmentEntry, Rule } from './written.ts';

export const GUARD_RULES: readonly Rule[] = [enoughAlarms].map(perEnvironment);

/** More than there are would be a guard that can't fail anything. */
function enoughAlarms({ written: { guard } }: EnvironmentEntry): readonly Breach[] {
  const { alarms, needed } = guard;
  if (needed <= Math.max(alarms.length, 1)) return [];
  const message = `needed: ${needed} of ${alarms.length} alarms can never be in ALARM`;
  return [{ at: ['guard', 'needed'], message, example: `needed: ${Math.max(alarms.length, 1)}` }];
}
