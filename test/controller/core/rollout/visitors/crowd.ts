import { SLOTS, type LineKind } from '../../../../../edge/contract/visitor-line.ts';
import { mix } from '../../../../../edge/core/assign.ts';
import type {
  CountedVisitors,
  SeenLine,
} from '../../../../../controller/core/rollout/visitors/evidence.ts';
import { foldLines } from '../../../../../controller/core/rollout/visitors/fold.ts';
import { judgeVisitors } from '../../../../../controller/core/rollout/visitors/judge.ts';

const SALT = 57;
export const BEGIN = Date.parse('2026-03-01T12:00:00Z');
export const BUILDS = { stable: '1042', canary: '1043' };

/** Numbers from 0 to below 1 that a seed decides. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The line that the edge writes for a slot, as the route draws it. */
export function line(kind: LineKind, slot: number, at: number, weight = 500): SeenLine {
  const arm = isCanary(slot, weight) ? 'canary' : 'stable';
  return { at, arm, kind, build: BUILDS[arm], weightBasisPoints: weight, slot };
}

function isCanary(slot: number, weight = 500): boolean {
  return mix(slot, SALT) % 10_000 < weight;
}

/** A slot of an arm, or any. */
export function pickSlot(random: () => number, arm?: 'stable' | 'canary'): number {
  for (;;) {
    const slot = Math.floor(random() * SLOTS);
    if (arm === undefined || isCanary(slot) === (arm === 'canary')) return slot;
  }
}

export interface Crowd {
  readonly visitors: number;
  readonly minutes: number;
  /** Share of visitors who meet an error on their first page. */
  readonly stable: number;
  readonly canary: number;
  /** Share whose page never reports. */
  readonly white?: number;
  /** What fails: the visitor, each request on its own, or three requests in a row. Left out: the visitor. */
  readonly errors?: 'visitor' | 'request' | 'burst';
}

/** Visitors one after the other, with their 1 to 20 pages: their lines in the order of time, as a log has them. */
export function createCrowd(random: () => number, crowd: Crowd): readonly SeenLine[] {
  const { visitors, minutes, errors = 'visitor', white = 0 } = crowd;
  const packed: number[] = [];
  let left = 0;
  for (let index = 0; index < visitors; index++) {
    const slot = pickSlot(random);
    const at = BEGIN + Math.floor((index / visitors) * minutes * 60_000);
    const isWhite = random() < white;
    const rate = isCanary(slot) ? crowd.canary : crowd.stable;
    const isFailing = random() < rate;
    const pages = 1 + Math.floor(random() * 20);
    for (let page = 0; page < pages; page++) {
      const time = at + page * 5000;
      packed.push(pack('n', slot, time));
      if (errors === 'burst' && left === 0 && random() < rate / 3) left = 3;
      const byRequest = errors === 'burst' ? left-- > 0 : random() < rate;
      left = Math.max(left, 0);
      const isError = errors === 'visitor' ? isFailing : byRequest;
      if (!isWhite) packed.push(pack(isError ? 'e' : 'o', slot, time + 2000));
    }
  }
  return Array.from(Float64Array.from(packed).toSorted(), unpack);
}

const KINDS = ['n', 'e', 'o'] as const;

/** A line as one number, so that they are sorted fast: its time, then navigations first, then the slot. */
function pack(kind: (typeof KINDS)[number], slot: number, at: number): number {
  return ((at - BEGIN) * KINDS.length + KINDS.indexOf(kind)) * SLOTS + slot;
}

function unpack(packed: number): SeenLine {
  const rest = Math.floor(packed / SLOTS);
  const at = BEGIN + Math.floor(rest / KINDS.length);
  return line(KINDS[rest % KINDS.length] ?? 'n', packed % SLOTS, at);
}

export function fold(lines: readonly SeenLine[], minutes = 60): CountedVisitors {
  return foldLines(lines, { ...BUILDS, sampling: 1 }, after(minutes));
}

export function judge(lines: readonly SeenLine[], minutes = 60) {
  return judgeVisitors(fold(lines, minutes), after(minutes));
}

export function after(minutes: number): Date {
  return new Date(BEGIN + minutes * 60_000);
}
