import type { PolicyCopy } from '../policy/policy-copy.ts';
import type { PublishSettings } from '../state/manifest.ts';
import type { EnvironmentRecord, HistoryEntry } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';
import { isCodeChange, reviewCode, type CodeChange } from './code-change.ts';
import type { Plan } from './plan.ts';

export type * from './code-change.ts';

/** One write. Data only: `controller/apply/` carries it out. */
export type Change =
  | WriteSettings
  | WritePolicyCopy
  | WriteIntent
  | WriteRoute
  | WriteRelease
  | ConfirmRelease
  | WriteParameter
  | WriteRecord
  | AppendHistory
  | CodeChange;

export interface WriteSettings {
  readonly kind: 'write-settings';
  readonly app: string;
  readonly place: Place;
  readonly settings: PublishSettings;
}

/** What the fast lane goes by, which has no checkout. */
export interface WritePolicyCopy {
  readonly kind: 'write-policy-copy';
  readonly place: Place;
  readonly copy: PolicyCopy;
  /** undefined: there is none yet. */
  readonly revision: string | undefined;
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
  /** Of the store, from before `replaces` was read. */
  readonly revision?: string;
}

export interface WriteParameter {
  readonly kind: 'write-parameter';
  readonly carries: 'route' | 'active-build';
  readonly region: string;
  readonly name: string;
  readonly value: string;
  /** Its version when the plan was made; 0: it did not exist; undefined: nobody looked. */
  readonly version: number | undefined;
  /** Where the route in force is, to repair from if someone else wrote in between. */
  readonly served: ServedFrom;
}

/** The hosts' keys in a KeyValueStore, or the SSM parameter that Lambda@Edge reads. */
export type ServedFrom =
  | { readonly store: string; readonly hosts: readonly string[] }
  | { readonly parameter: string };

/** The route that Lambda@Edge reads: where there is no KeyValueStore, this SSM parameter is the release. */
export interface WriteRelease extends Release {
  readonly kind: 'write-release';
  /** Of the record, which is the fence. */
  readonly place: Place;
  /** What was live when the plan was made; undefined: nothing. Anything else refuses the write. */
  readonly replaces: string | undefined;
}

/** The last word of a rollback: written again if a run that knew nothing of it wrote over it meanwhile. */
export interface ConfirmRelease extends Release {
  readonly kind: 'confirm-release';
}

interface Release {
  readonly app: string;
  readonly environment: string;
  readonly region: string;
  readonly name: string;
  readonly route: string;
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

/** What a reviewer approves of a change: everything but clock, author and revisions. */
export function reviewable(change: Change): unknown {
  if (isCodeChange(change)) return reviewCode(change);
  switch (change.kind) {
    case 'write-route': {
      const { kind, store, hosts, remove } = change;
      return { kind, store, hosts, remove, route: withoutTime(change.route) };
    }
    case 'write-release':
    case 'confirm-release':
    case 'write-parameter':
      return reviewParameter(change);
    case 'write-intent':
    case 'write-record':
      return {
        kind: change.kind,
        route: withoutTime(change.record.route),
        phase: change.record.phase,
      };
    case 'append-history':
      return { kind: change.kind, generation: change.entry.generation };
    case 'write-settings':
      return change;
    case 'write-policy-copy': {
      const { app, files, refused } = change.copy;
      return { kind: change.kind, app, files, refused };
    }
  }
}

function reviewParameter(change: WriteRelease | ConfirmRelease | WriteParameter): unknown {
  const { kind, name } = change;
  const value = kind === 'write-parameter' ? change.value : change.route;
  return { kind, name, value: withoutTime(value) };
}

/** A rollback's route carries the second it happened in; the review is of everything else. */
function withoutTime(text: string): unknown {
  const route = parseRoute(text);
  if (route?.rollback === undefined) return text;
  return { ...route, rollback: { ...route.rollback, at: 0 } };
}

/** Rollbacks never wait for anything; edge code goes out before the routes that may need it. */
export function changeOrder(plan: Plan): number {
  // One write each; edge code takes a minute to come back.
  if (plan.direction === 'rollback' && plan.subject.kind === 'environment') return 0;
  switch (plan.subject.kind) {
    case 'group':
      return 1;
    case 'app':
      return 2;
    case 'environment':
      return 3;
  }
}
