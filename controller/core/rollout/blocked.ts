import type { EnvironmentPolicy } from '../policy/policy.ts';
import { startWith, type Build } from '../state/build.ts';
import type { Situation, Stay } from './decision.ts';

/** One reason why a build may not start, or a step not end. */
export interface Block {
  readonly kind: 'alarm' | 'breaker' | 'requires' | 'provenance' | 'smoke' | 'approval';
  readonly why: string;
  /** What a person can do about it. */
  readonly wayOut: string;
  /**
   * Since when, by its own time: nothing is stored of a wait. `ever`: time won't mend it. Absent: it has
   * none, or ends with time.
   */
  readonly since?: string;
  /** When time alone ends it. ISO 8601. */
  readonly until?: string;
}

/** Waits, and calls a person (exit 3) once that takes longer than the guard's deadline. */
export function blockStart(
  { policy, now }: Pick<Situation, 'policy' | 'now'>,
  desired: Build,
  blocks: readonly [Block, ...Block[]],
): Stay {
  const overdue = blocks.filter((block) => isOverdue(block, policy, now));
  const untils = blocks.flatMap(({ until }) => until ?? []).toSorted();
  const until = untils.length === blocks.length ? untils.at(-1) : undefined;
  const waysOut = (some: readonly Block[]) =>
    [...new Set(some.map(({ wayOut }) => wayOut))].join(' ');
  const why = `${startWith(desired)} waits: ${blocks.map((block) => block.why).join('; ')}.`;
  return {
    kind: 'stay',
    condition: 'blocked',
    why: overdue.length > 0 ? why : `${why} ${waysOut(blocks)}`,
    blocks,
    ...(until !== undefined && { until }),
    ...(overdue.length > 0 && { wayOut: waysOut(overdue) }),
  };
}

function isOverdue({ since }: Block, { guard }: EnvironmentPolicy, now: Date): boolean {
  if (since === undefined) return false;
  if (since === 'ever') return true;
  return now.getTime() - Date.parse(since) >= guard.deadlineSeconds * 1000;
}
