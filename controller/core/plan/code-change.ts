/** Writes that concern edge code and where it runs. */
import type { EdgeFeature } from '../../../edge/contract/features.ts';
import type { LambdaEdgeConfig } from '../../../edge/contract/lambda-edge.ts';
import type { FloorTable } from '../../../edge/contract/route.ts';
import type { CodeRecord } from '../state/code-record.ts';
import type { Change, Place } from './change.ts';

export type CodeChange =
  | WriteGolden
  | PublishFunction
  | PublishVersion
  | WriteCodeRecord
  | Associate
  | AssociateVersion;

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

/** A numbered version of the group's Lambda@Edge function. */
export interface PublishVersion {
  readonly kind: 'publish-version';
  readonly group: string;
  readonly name: string;
  /** ARN of the role that it runs as. */
  readonly role: string;
  readonly hash: string;
  readonly hosts: FloorTable;
  readonly archive: Place;
  readonly from: string;
  /** What to compose it with; undefined: it comes from the archive. */
  readonly source:
    | {
        readonly features: readonly EdgeFeature[];
        readonly config: LambdaEdgeConfig;
        readonly before: string | undefined;
      }
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
  /** Names of functions of an earlier set-up that leave these behaviours with the same write. */
  readonly replaces?: readonly string[];
  /** Of an earlier set-up, which leaves them with the same write: they ask the bucket as a whole then. */
  readonly originPath?: string;
  /** Visitors are there, and edges may still run our function without this environment's floor. */
  readonly settles?: true;
}

/** The function's last published version on its three events. Its ARN is asked for when this is carried out. */
export interface AssociateVersion {
  readonly kind: 'associate-version';
  readonly distribution: string;
  readonly patterns: readonly string[];
  readonly function: string;
  /** Names of functions that leave these behaviours in the same write. */
  readonly replaces?: readonly string[];
  /** As in `Associate`. */
  readonly originPath?: string;
}

const KINDS: readonly string[] = [
  'write-golden',
  'publish-function',
  'publish-version',
  'write-code-record',
  'associate',
  'associate-version',
] satisfies CodeChange['kind'][];

export function isCodeChange(change: Change): change is CodeChange {
  return KINDS.includes(change.kind);
}

/** What a reviewer approves of it: everything but clock, waits and revisions. */
export function reviewCode(change: CodeChange): unknown {
  if (change.kind === 'associate') {
    const { settles: _settles, ...reviewed } = change;
    return reviewed;
  }
  if (change.kind !== 'write-code-record') return change;
  const reviewed = change.record.releases.map(({ hash, quiet, failed }) => ({
    hash,
    quiet,
    failed: failed !== undefined,
  }));
  return { kind: change.kind, releases: reviewed };
}
