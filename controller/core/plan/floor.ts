import type { FloorTable } from '../../../edge/contract/route.ts';
import { FLOOR_BYTES_LIMIT } from '../../../edge/contract/floor.ts';
import { findQuarantine } from '../state/quarantine.ts';
import type { EnvironmentRecord } from '../state/record.ts';

/** One environment as the floor table sees it. */
export interface FloorSubject {
  readonly region: string;
  readonly spa: boolean;
  readonly hosts: readonly string[];
  /** What will be true once this run's plans are carried out. */
  readonly record: EnvironmentRecord;
}

/** A fresh table, on top of `others`. Hosts beyond the byte limit are left out, the last ones first. */
export function buildFloor(
  subjects: readonly FloorSubject[],
  others: FloorTable = {},
): {
  floor: FloorTable;
  left: readonly string[];
} {
  const floor: Record<string, FloorTable[string]> = { ...others };
  const left: string[] = [];
  for (const { region, spa, hosts, record } of subjects) {
    for (const host of hosts) {
      const { app, environment, stable } = record;
      const entry = [app, environment, region, stable.build, spa ? 1 : 0] as const;
      const grown = { ...floor, [host]: entry };
      if (Buffer.byteLength(JSON.stringify(grown)) > FLOOR_BYTES_LIMIT) left.push(host);
      else floor[host] = entry;
    }
  }
  return { floor, left };
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
      const [app, environment, region, build, spa] = published[host] ?? [];
      const { record } = subject;
      const isPlace =
        app === record.app &&
        environment === record.environment &&
        region === subject.region &&
        spa === (subject.spa ? 1 : 0);
      return isPlace && build !== undefined && isServed(record, build);
    }),
  );
}

function isServed(record: EnvironmentRecord, number: string): boolean {
  const build = [record.stable, ...record.kept].find((candidate) => candidate.build === number);
  return build !== undefined && findQuarantine(record.quarantine, build) === undefined;
}
