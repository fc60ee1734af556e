/** The controller's durable memory of an edge group's code, at `edge/<group>.json` in the group's bucket. */
import { createHash } from 'node:crypto';
import type { EdgeFeature } from '../../../edge/contract/features.ts';
import type { EdgeGroup } from '../policy/policy.ts';

export const CODE_RECORD_VERSION = 1;

/** What a group runs. */
export interface Code {
  /** As `code:` in edge.yaml names it. */
  readonly hash: string;
  /** The two CloudFront Functions, each archived under its own hash. Absent: Lambda@Edge, archived under `hash`. */
  readonly request?: string;
  readonly response?: string;
  /** What it is composed with. */
  readonly features: readonly EdgeFeature[];
}

/** Code that was published. */
export interface CodeRelease extends Code {
  /** The last time it was published. ISO 8601. */
  readonly at: string;
  /** Its watch ended without too many errors, so that a rollback may go back to it. */
  readonly quiet: boolean;
  /** It was rolled back: not published again unless the policy pins it. */
  readonly failed?: CodeFailure;
}

export interface CodeFailure {
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

export interface CodeRecord {
  readonly version: typeof CODE_RECORD_VERSION;
  readonly group: string;
  /** The last one published first, each code once. */
  readonly releases: readonly CodeRelease[];
  /** Written by earlier versions in the place of `failed`. */
  readonly barred?: CodeFailure & { readonly hash: string };
}

/** Where the archive has what a Lambda version really runs, its host table included: under its digest. */
export function publishedKey(codeSha256: string): string {
  return Buffer.from(codeSha256, 'base64').toString('hex').slice(0, 16);
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

/** The record without the code of another runtime, which this group had before: nothing can run it now. */
export function forRuntime(record: CodeRecord, runtime: EdgeGroup['runtime']): CodeRecord {
  const isLambda = runtime === 'lambda-edge';
  const releases = record.releases.filter(({ request }) => isLambda === (request === undefined));
  return releases.length === record.releases.length ? record : { ...record, releases };
}

/** When and why this code was rolled back; undefined: it was not, or was pinned since. */
export function findFailure(
  { releases, barred }: CodeRecord,
  hash: string,
): CodeFailure | undefined {
  const failed = releases.find((release) => release.hash === hash)?.failed;
  return failed ?? (barred?.hash === hash ? barred : undefined);
}

/** The record with this code marked as rolled back. */
export function recordFailure(record: CodeRecord, hash: string, failed: CodeFailure): CodeRecord {
  const releases = record.releases.map((release) =>
    release.hash === hash ? { ...release, failed } : release,
  );
  return { ...record, releases };
}

/**
 * The record once this code is the one that runs. The newest quiet one is never forgotten; that one
 * failed is, after as many others as are kept.
 */
export function recordRelease(record: CodeRecord, release: CodeRelease): CodeRecord {
  const { version, group, barred } = record;
  const { releases: before } = barred
    ? recordFailure(record, barred.hash, { at: barred.at, reason: barred.reason })
    : record;
  const others = before.filter(({ hash }) => hash !== release.hash);
  const releases = [release, ...others];
  const last = releases.findIndex(({ quiet }) => quiet);
  const kept = releases.filter((_, index) => index < RELEASES_LIMIT || index === last);
  return { version, group, releases: kept };
}
