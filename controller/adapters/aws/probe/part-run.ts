import type { PartName } from '../../../core/doctor/probe/part.ts';
import type { Measured } from '../../../core/doctor/probe/statement.ts';
import type { Probe } from '../../../ports/probe.ts';
import type { ProbeClients } from './clients.ts';
import type { Scratch } from './scratch.ts';

/** What a part of the probe is given. */
export interface PartRun {
  readonly scratch: Scratch;
  /** All that were asked for. */
  readonly parts: readonly PartName[];
  readonly writes: number;
  /** Milliseconds that a minute lasts there. */
  readonly minute: number;
  readonly visitor: Probe;
  readonly signal: AbortSignal;
  /** Throws when the probe was interrupted. */
  say(line: string): void;
  /** At once: what was added before a failure counts. */
  add(...measured: readonly Measured[]): void;
  /** Milliseconds of each write's way to the edge. */
  took(times: readonly number[]): void;
}

export type MeasurePart = (clients: ProbeClients, run: PartRun) => Promise<void>;
