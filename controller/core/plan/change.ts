import type { EdgeFeature } from '../../../edge/contract/features.ts';
import type { FloorTable } from '../../../edge/contract/route.ts';
import type { CodeRecord } from '../state/code-record.ts';
import type { PublishSettings } from '../state/manifest.ts';
import type { EnvironmentRecord, HistoryEntry } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';
import type { Plan } from './plan.ts';

/** One write. Data only: `controller/apply/` carries it out. */
export type Change =
  | WriteSettings
  | WriteIntent
  | WriteRoute
  | WriteParameter
  | WriteRecord
  | AppendHistory
  | WriteGolden
  | PublishFunction
  | WriteCodeRecord
  | Associate;

export interface WriteSettings {
  readonly kind: 'write-settings';
  readonly app: string;
  readonly place: Place;
  readonly settings: PublishSettings;
}

/** Bucket and region. */
export interface Place {
  readonly bucket: string;
  readonly region: string;
}

/** The record as it is, with what the writer is about to do; fenced by the record's revision. */
export interface WriteIntent {
  readonly kind: 'write-intent';
  readonly place: Place;
  readonly record: EnvironmentRecord;
  /** undefined: the record must not exist yet. */
  readonly revision: string | undefined;
}

export interface WriteRoute {
  readonly kind: 'write-route';
  readonly store: string;
  readonly app: string;
  readonly environment: string;
  readonly route: string;
  readonly hosts: readonly string[];
  /** Hosts that must no longer carry it. */
  readonly remove: readonly string[];
  /** What was live when the plan was made, by host; anything else in its place refuses the write. */
  readonly replaces: Readonly<Record<string, string>>;
}

export interface WriteParameter {
  readonly kind: 'write-parameter';
  readonly carries: 'route' | 'active-build';
  readonly region: string;
  readonly name: string;
  readonly value: string;
  /** Its version when the plan was made; 0: it did not exist. */
  readonly version: number;
  /** The route in force, to repair from if someone else wrote in between. */
  readonly store: string;
  readonly hosts: readonly string[];
}

export interface WriteRecord {
  readonly kind: 'write-record';
  readonly place: Place;
  readonly record: EnvironmentRecord;
  readonly revision: string | undefined;
}

export interface AppendHistory {
  readonly kind: 'append-history';
  readonly place: Place;
  readonly app: string;
  readonly environment: string;
  readonly entry: HistoryEntry;
}

/** The reserved key that edge code is tested against. */
export interface WriteGolden {
  readonly kind: 'write-golden';
  readonly store: string;
  readonly key: string;
  readonly value: string;
}

export interface PublishFunction {
  readonly kind: 'publish-function';
  readonly group: string;
  readonly name: string;
  readonly role: 'request' | 'response';
  readonly hash: string;
  /** Only the request function reads routes, so only it has a floor. */
  readonly floor: FloorTable | undefined;
  readonly store: string | undefined;
  readonly archive: Place;
  readonly from: string;
  /** What to compose it with; undefined: it comes from the archive. */
  readonly source:
    | { readonly features: readonly EdgeFeature[]; readonly before: string | undefined }
    | undefined;
}

/** Which code the group runs, since when; fenced by the record's revision. */
export interface WriteCodeRecord {
  readonly kind: 'write-code-record';
  readonly place: Place;
  readonly record: CodeRecord;
  /** undefined: the record must not exist yet. */
  readonly revision: string | undefined;
}

export interface Associate {
  readonly kind: 'associate';
  readonly distribution: string;
  readonly patterns: readonly string[];
  readonly requestFunction: string;
  readonly responseFunction: string;
}

/** What a reviewer approves of a change: everything but clock, author and revisions. */
export function reviewable(change: Change): unknown {
  switch (change.kind) {
    case 'write-route': {
      const { kind, store, hosts, remove } = change;
      return { kind, store, hosts, remove, route: withoutTime(change.route) };
    }
    case 'write-parameter':
      return { kind: change.kind, name: change.name, value: withoutTime(change.value) };
    case 'write-intent':
    case 'write-record':
      return {
        kind: change.kind,
        route: withoutTime(change.record.route),
        phase: change.record.phase,
      };
    case 'append-history':
      return { kind: change.kind, generation: change.entry.generation };
    case 'write-code-record': {
      const { releases, barred } = change.record;
      const reviewed = releases.map(({ hash, quiet }) => ({ hash, quiet }));
      return { kind: change.kind, releases: reviewed, barred: barred?.hash };
    }
    case 'write-settings':
    case 'write-golden':
    case 'publish-function':
    case 'associate':
      return change;
  }
}

/** A rollback's route carries the second it happened in; the review is of everything else. */
function withoutTime(text: string): unknown {
  const route = parseRoute(text);
  if (route?.rollback === undefined) return text;
  return { ...route, rollback: { ...route.rollback, at: 0 } };
}

/** Rollbacks never wait for anything; edge code goes out before the routes that may need it. */
export function changeOrder(plan: Plan): number {
  if (plan.direction === 'rollback') return 0;
  switch (plan.subject.kind) {
    case 'group':
      return 1;
    case 'app':
      return 2;
    case 'environment':
      return 3;
  }
}
