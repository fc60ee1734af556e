import type { SeenLine } from '../core/rollout/visitors/evidence.ts';

/** What the edge logged about visitors. */
export interface VisitorLog {
  /** Lines of one rollout. Throws when they can't be read, or are too many even of a few slots. */
  read(asked: LinesAsked): Promise<LinesRead>;
}

export interface LinesAsked {
  readonly logGroup: string;
  readonly app: string;
  readonly environment: string;
  readonly salt: number;
  /** ISO 8601. */
  readonly since: string;
}

export interface LinesRead {
  readonly lines: readonly SeenLine[];
  /** One of so many slots was read; 1: all. */
  readonly sampling: number;
}
