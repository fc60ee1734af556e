import type { EnvironmentRecord, HistoryEntry, Pause } from './record.ts';

/**
 * The record with this pause, or without one. What an interrupted run meant to make of the record
 * gets it too: adopting that must not undo what a person did in the meantime.
 */
export function withPause(
  { pause: _pause, intent, ...record }: EnvironmentRecord,
  pause: Pause | undefined,
): EnvironmentRecord {
  return {
    ...record,
    ...(pause && { pause }),
    ...(intent && { intent: withPause(intent, pause) }),
  };
}

/** The record without its pause, whose time counts for no deadline. */
export function withoutPause(record: EnvironmentRecord, at: string): EnvironmentRecord {
  const { intent, ...resumed } = withPause(record, undefined);
  return {
    ...resumed,
    resumedAt: at,
    ...(intent && { intent: withoutPause(intent, at) }),
  };
}

/** It takes no generation: what visitors get stays the same. */
export function describePause(
  { generation, stable }: EnvironmentRecord,
  { by, at, reason }: Pause,
  event: 'paused' | 'resumed',
): HistoryEntry {
  const [from, to] = event === 'paused' ? ['automatic', 'paused'] : ['paused', 'automatic'];
  const why = event === 'paused' ? `Paused: ${reason}.` : `Resumed: ${reason}.`;
  const evidence = [`stable is ${stable.build}`];
  return { generation, at, by, event, why, from, to, evidence };
}

/** Of the pause that an ejection begins with. An earlier one stays in its words. */
export function ejectionReason(build: string, earlier: Pause | undefined): string {
  return `ejected, on build ${build}${earlier === undefined ? '' : ` (paused before: ${earlier.reason})`}`;
}

/** The build that an environment was left on; undefined: it is not paused for that. */
export function findEjection(pause: Pause | undefined): string | undefined {
  return /^ejected, on build (\S+)/.exec(pause?.reason ?? '')?.[1];
}
