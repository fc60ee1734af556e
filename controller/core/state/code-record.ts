/** The controller's durable memory of an edge group's code, at `edge/<group>.json` in the group's bucket. */
import { createHash } from 'node:crypto';
import type { EdgeFeature } from '../../../edge/contract/features.ts';

export const CODE_RECORD_VERSION = 1;

/** What a group runs: both functions, each archived under its own hash, and one hash for the two. */
export interface Code {
  /** As `code:` in edge.yaml names it. */
  readonly hash: string;
  readonly request: string;
  readonly response: string;
  /** What it is composed with. */
  readonly features: readonly EdgeFeature[];
}

/** Code that was published. */
export interface CodeRelease extends Code {
  /** The last time it was published. ISO 8601. */
  readonly at: string;
  /** Its watch ended without too many errors, so that a rollback may go back to it. */
  readonly quiet: boolean;
}

export interface CodeRecord {
  readonly version: typeof CODE_RECORD_VERSION;
  readonly group: string;
  /** The last one published first, each code once. */
  readonly releases: readonly CodeRelease[];
  /** Rolled back: not published again until the source composes to something else. */
  readonly barred?: {
    readonly hash: string;
    /** ISO 8601. */
    readonly at: string;
    readonly reason: string;
  };
}

const RELEASES_LIMIT = 20;

export function nameCode(
  functions: { readonly request: string; readonly response: string },
  features: readonly EdgeFeature[],
): Code {
  const { request, response } = functions;
  const digest = createHash('sha256').update(`${request} ${response}`).digest('hex');
  return { hash: digest.slice(0, 16), request, response, features };
}

/** The record once this code is the one that runs. The newest quiet one is never forgotten. */
export function recordRelease(record: CodeRecord, release: CodeRelease): CodeRecord {
  const { version, group } = record;
  const others = record.releases.filter(({ hash }) => hash !== release.hash);
  const releases = [release, ...others];
  const last = releases.findIndex(({ quiet }) => quiet);
  const kept = releases.filter((_, index) => index < RELEASES_LIMIT || index === last);
  return { version, group, releases: kept };
}
