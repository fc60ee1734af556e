import type { EnvironmentRecord } from '../state/record.ts';
import type { PreviewLease, PublishLease } from './lease.ts';
import type { Tombstone } from './tombstone.ts';

/** One stored object, as a listing tells it. */
export interface StoredEntry {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
  /** S3's ETag without quotes. */
  readonly revision: string;
}

/** A build with a manifest. */
export interface PresentBuild {
  readonly build: string;
  /** undefined: since the objects were listed. */
  readonly publishedAt: Date | undefined;
  /** `owner/name` of the run that published it; undefined: its manifest doesn't say. */
  readonly repository: string | undefined;
  /** Keys of its pooled files, in either pool where the edge may look. */
  readonly pooled: readonly string[];
}

/** An object that says until when something is needed. */
export interface StoredLease extends Pick<StoredEntry, 'key' | 'revision'> {
  /** ISO 8601. */
  readonly expires: string;
}

/** All that says what is needed. Read again before each batch. */
export interface References {
  readonly records: readonly EnvironmentRecord[];
  readonly publishing: readonly PublishLease[];
  readonly previews: readonly PreviewLease[];
  /** Where those leases lie. */
  readonly leases: readonly StoredLease[];
  /** Builds that published functions serve when they can't read a route. */
  readonly floors: readonly string[];
  /** Builds that live routes name. */
  readonly live: readonly string[];
  /** Builds that the policies name, released or not. */
  readonly named: readonly string[];
  readonly builds: readonly PresentBuild[];
  readonly tombstones: readonly Tombstone[];
  /** What could not be read or understood: with any, nothing is deleted. */
  readonly doubts: readonly string[];
}

/** What is kept without anything that needs it. */
export interface Rules {
  /** The newest trusted builds. */
  readonly newest: number;
  readonly youngerSeconds: number;
  /** Between the last time that something was needed and its end. */
  readonly graceSeconds: number;
  /** undefined: nobody knows, so all may be open. */
  readonly pullRequests: PullRequestsSeen | undefined;
}

/** By number. */
export interface PullRequestsSeen {
  /** `owner/name`; undefined: of whatever repository a build is, as a person says. */
  readonly repository: string | undefined;
  readonly open: ReadonlySet<number>;
  /** undefined: all others. */
  readonly closed: ReadonlySet<number> | undefined;
}

/** An app as it is stored. */
export interface CollectionFacts {
  readonly app: string;
  /** Everything below `<app>/`. */
  readonly objects: readonly StoredEntry[];
  readonly references: References;
  readonly rules: Rules;
  readonly now: Date;
}
