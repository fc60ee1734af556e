import type { AppPolicy, EdgeGroup, EnvironmentPolicy } from '../policy/policy.ts';
import type { EnvironmentSubject } from '../policy/subjects.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';

/** Where the record was found. */
export interface RecordPlace {
  readonly file: string;
  readonly bucket: string;
  readonly region: string;
}

const NOWHERE = { line: 1, column: 1 };

/**
 * The policy as far as record and live route tell it, for a rollback alone: that takes nothing from a
 * policy but where things are. Never plan forward from it.
 */
export function subjectOfRecord(record: EnvironmentRecord, place: RecordPlace): EnvironmentSubject {
  return {
    app: appOf(record, place),
    environment: environmentOf(record),
    group: groupOf(record, place),
  };
}

function appOf(record: EnvironmentRecord, place: RecordPlace): AppPolicy {
  const route = parseRoute(record.route);
  return {
    app: record.app,
    ...place,
    spa: route?.spa === 1,
    pool: { include: [], exclude: [], ...route?.pool },
    ...(route?.root !== undefined && { root: route.root.slice(1) }),
    environments: [],
  };
}

function environmentOf(record: EnvironmentRecord): EnvironmentPolicy {
  const { environment, hosts, stable, kept, remembered } = record;
  const { activeBuildParameter, breakerLift } = remembered ?? {};
  return {
    name: environment,
    hosts,
    edge: { group: remembered?.group ?? '', distribution: '' },
    release: { build: stable.build, line: 1, steps: [], bakeSeconds: 0, keep: kept.length },
    cohorts: [],
    split: [],
    preview: { access: 'off', ttlSeconds: 0 },
    quarantine: remembered?.lifts ?? [],
    guard: {
      alarms: remembered?.alarms ?? [],
      needed: remembered?.needed ?? 1,
      noData: 'hold',
      coolDownSeconds: 0,
      deadlineSeconds: 0,
      breaker: { rollbacks: 0, ...(breakerLift !== undefined && { lift: breakerLift }) },
    },
    ...(activeBuildParameter !== undefined && { adopted: { activeBuildParameter } }),
    ...(remembered?.notify !== undefined && { notify: remembered.notify }),
  };
}

function groupOf({ store, remembered }: EnvironmentRecord, place: RecordPlace): EdgeGroup {
  const shared = {
    name: remembered?.group ?? '',
    bucket: place.bucket,
    region: place.region,
    code: 'auto',
    watchSeconds: 0,
    place: { file: place.file, code: NOWHERE, before: NOWHERE },
  };
  return store === undefined
    ? { ...shared, runtime: 'lambda-edge', role: '', routeMaxAgeSeconds: 0 }
    : { ...shared, runtime: 'cloudfront-functions', keyValueStore: store };
}
