/** Moves that give a build to visitors or take it back: what `together` is about. */
import type { Event } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import type { Plan } from './plan.ts';

export interface CoupledMove {
  readonly kind: 'start' | 'step' | 'finish' | 'end';
  readonly event: Event;
  /** Share of visitors after it, in basis points; past everyone: stable. */
  readonly reaches: number;
}

const KINDS: Partial<Readonly<Record<Event, CoupledMove['kind']>>> = {
  'rollout-started': 'start',
  'rollout-superseded': 'start',
  step: 'step',
  'bake-started': 'step',
  'rollout-finished': 'finish',
  'rollout-aborted': 'end',
};

export function isCoupled(event: Event): boolean {
  return KINDS[event] !== undefined;
}

/** undefined: this plan makes no such move. First releases are none: there is nothing to go back to yet. */
export function moveOf({ direction, changes }: Plan): CoupledMove | undefined {
  if (direction !== 'forward') return undefined;
  const record = changes.find((change) => change.kind === 'write-record')?.record;
  const kind = record && KINDS[record.last.event];
  if (record === undefined || kind === undefined) return undefined;
  const reaches = kind === 'finish' ? EVERYONE + 1 : (record.rollout?.weightBasisPoints ?? 0);
  return { kind, event: record.last.event, reaches };
}
