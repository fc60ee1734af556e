/** Where a run that writes nothing may take the records' word for what is live. */
import type { Live } from './live.ts';
import type { EnvironmentRecord } from './record.ts';

/** Nothing is rolling out, and no run was interrupted before its edge was written. */
export function isCalm(record: EnvironmentRecord | undefined): record is EnvironmentRecord {
  return record !== undefined && record.rollout === undefined && record.intent === undefined;
}

/**
 * What the KeyValueStore has, if nothing but Headgate wrote to it and no run died in between; undefined: only
 * the store tells.
 *
 * Worked example: a rollback that died between the store and SSM leaves record and SSM as they were. While
 * something rolls that is what rollbacks are about, so there the store is always asked.
 */
export function expectLive(
  record: EnvironmentRecord | undefined,
  { route }: Live['parameters'],
): ReadonlyMap<string, string> | undefined {
  if (!isCalm(record) || route?.value !== record.route) return undefined;
  return new Map(record.hosts.map((host) => [host, record.route]));
}
