import type { EdgeFeature } from '../../../edge/contract/features.ts';
import type { Floor, FloorTable } from '../../../edge/contract/route.ts';
import { floorBytesLimit } from '../../../edge/contract/floor.ts';
import { findQuarantine } from '../state/quarantine.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';

/** One environment as the floor table sees it. */
export interface FloorSubject {
  readonly region: string;
  /** Where the app's builds and pages are. */
  readonly bucket: string;
  /** Where builds lie in it, if not at their usual place. */
  readonly root?: string | undefined;
  readonly spa: boolean;
  readonly hosts: readonly string[];
  /** What will be true once this run's plans are carried out. */
  readonly record: EnvironmentRecord;
  readonly now: Date;
}

/**
 * The table of a Lambda@Edge group: how the function finds the route and the pages of a host, so that
 * no host can be left out. Its archive has room for all.
 */
export function buildHostTable(
  subjects: readonly FloorSubject[],
  others: FloorTable = {},
): FloorTable {
  const entries = subjects.flatMap((subject) =>
    subject.hosts.map((host) => [host, floorOf(subject, subject.bucket)] as const),
  );
  return { ...others, ...Object.fromEntries(entries) };
}

interface FloorOptions {
  /** Rows that stay. */
  readonly others?: FloorTable;
  /** Of the code that it will stand behind. */
  readonly features?: readonly EdgeFeature[];
}

/** A fresh table, on top of `others`. Hosts beyond the byte limit are left out, the last ones first. */
export function buildFloor(
  subjects: readonly FloorSubject[],
  { others = {}, features = [] }: FloorOptions = {},
): {
  floor: FloorTable;
  left: readonly string[];
} {
  const floor: Record<string, FloorTable[string]> = { ...others };
  const left: string[] = [];
  const limit = floorBytesLimit(features);
  for (const subject of subjects) {
    const entry = floorOf(subject);
    for (const host of subject.hosts) {
      const grown = { ...floor, [host]: entry };
      if (Buffer.byteLength(JSON.stringify(grown)) > limit) left.push(host);
      else floor[host] = entry;
    }
  }
  return { floor, left };
}

/** Of a published table, the hosts that none of these environments has. */
export function keepOthers(published: FloorTable, subjects: readonly FloorSubject[]): FloorTable {
  const known = new Set(subjects.flatMap(({ hosts }) => hosts));
  return Object.fromEntries(Object.entries(published).filter(([host]) => !known.has(host)));
}

function floorOf(subject: FloorSubject, bucket?: string): Floor {
  const { region, spa, root, record } = subject;
  const { app, environment, stable } = record;
  const build = hasBuild(subject) ? stable.build : '';
  const entry = [app, environment, region, build, spa ? 1 : 0] as const;
  if (root !== undefined) return [...entry, bucket ?? null, `/${root}`];
  return bucket === undefined ? entry : [...entry, bucket];
}

/**
 * Without a build the edge answers 503: for a whole origin, which only the route defines, and behind a
 * gate, which only the route knows, but for the time in which its faults may let people in.
 */
function hasBuild({ record, now }: FloorSubject): boolean {
  const gate = parseRoute(record.route)?.gate;
  const isOpen = gate === undefined || now.getTime() < (gate.until ?? 0) * 1000;
  return isOpen && record.stable.origin === undefined;
}

/**
 * Whether a published table still does its job, beside the `fresh` one. It may name an older stable
 * build: republishing the function at every release would put code changes into every release. It
 * may not name a build that is quarantined or no longer kept, nor miss a host.
 */
export function isFloorCurrent(
  published: FloorTable,
  fresh: FloorTable,
  subjects: readonly FloorSubject[],
): boolean {
  if (Object.keys(fresh).length !== Object.keys(published).length) return false;
  return subjects.every((subject) =>
    subject.hosts.every((host) => {
      if (fresh[host] === undefined) return true;
      const [app, environment, region, build, spa, bucket, root] = published[host] ?? [];
      const { record } = subject;
      const isPlace =
        app === record.app &&
        environment === record.environment &&
        region === subject.region &&
        spa === (subject.spa ? 1 : 0) &&
        bucket === fresh[host][5] &&
        root === fresh[host][6];
      if (!isPlace || build === undefined) return false;
      return hasBuild(subject) ? isServed(record, build) : build === '';
    }),
  );
}

function isServed(record: EnvironmentRecord, number: string): boolean {
  const build = [record.stable, ...record.kept].find((candidate) => candidate.build === number);
  return build !== undefined && findQuarantine(record.quarantine, build) === undefined;
}
