/** Written policies -> policies as the rest of the program sees them: numbers with units, nothing left open. */
import type {
  AppPolicy,
  CohortPolicy,
  EdgeGroup,
  EnvironmentPolicy,
  GatePolicy,
  ReleasePolicy,
} from './policy.ts';
import type { WrittenApp, WrittenEdge, WrittenEnvironment } from './schema.ts';
import type { Path } from './shape.ts';
import type { Source } from './source.ts';
import { parseBasisPoints, parseSeconds } from './values.ts';

const SESSION_IDLE = '10m';

/** Line of the `build:` in the map at this path of the environment. */
type FindLine = (path: Path) => number;

export function completeGroups(source: Source, edge: WrittenEdge): readonly EdgeGroup[] {
  const directory = source.file.replace(/[^/\\]*$/, '');
  const locate = (name: string, key: string) => source.locate(['groups', name, key], 'key');
  return Object.entries(edge.groups).map(([name, { before, watch, ...group }]) => ({
    name,
    ...group,
    ...(before !== undefined && { before: directory + before.slice('./'.length) }),
    watchSeconds: parseSeconds(watch),
    place: { file: source.file, code: locate(name, 'code'), before: locate(name, 'before') },
  }));
}

export function completeApp(source: Source, written: WrittenApp): AppPolicy {
  const { app, bucket, region, spa, pool } = written;
  const environments = Object.entries(written.environments).map(([name, environment]) =>
    completeEnvironment(name, environment, {
      region,
      lineOf: (path) => source.locate(['environments', name, ...path, 'build'], 'key').line,
    }),
  );
  return { app, file: source.file, bucket, region, spa, pool, environments };
}

function completeEnvironment(
  name: string,
  written: WrittenEnvironment,
  { region, lineOf }: { readonly region: string; readonly lineOf: FindLine },
): EnvironmentPolicy {
  const { hosts, edge, preview, quarantine, guard, gate, pinnedUrls } = written;
  return {
    name,
    hosts,
    edge,
    release: completeRelease(written.release, lineOf),
    cohorts: written.cohorts.map((cohort, index) =>
      completeCohort(cohort, lineOf(['cohorts', index])),
    ),
    split: written.split.map(({ build, weight }, index) => ({
      build,
      line: lineOf(['split', index]),
      weightBasisPoints: parseBasisPoints(weight),
    })),
    preview: { access: preview.access, ttlSeconds: parseSeconds(preview.ttl) },
    quarantine,
    guard: {
      alarms: guard.alarms.map((alarm) => ({ name: alarm.name, region: alarm.region ?? region })),
      noData: guard.noData,
    },
    ...(gate && { gate: completeGate(gate) }),
    ...(pinnedUrls && { pinnedUrls }),
  };
}

function completeRelease(release: WrittenEnvironment['release'], lineOf: FindLine): ReleasePolicy {
  const idle = release.sessionIdle ?? SESSION_IDLE;
  return {
    build: release.build,
    line: lineOf(['release']),
    steps: release.steps.map((step) => ({
      weightBasisPoints: parseBasisPoints(step.weight),
      holdSeconds: parseSeconds(step.hold),
    })),
    bakeSeconds: parseSeconds(release.bake),
    keep: release.keep,
    ...(release.sticky === 'session' && { sessionIdleSeconds: parseSeconds(idle) }),
  };
}

function completeCohort(
  { name, build, cookie, header, country, ip }: WrittenEnvironment['cohorts'][number],
  line: number,
): CohortPolicy {
  const named = typeof cookie === 'string' ? { name: cookie } : cookie;
  return {
    name,
    build,
    line,
    ...(named && {
      cookie: { name: named.name, ...(named.value !== undefined && { value: named.value }) },
    }),
    ...(header && { header: { name: header.name.toLowerCase(), value: header.value } }),
    ...(country && { country }),
    ...(ip && { ip }),
  };
}

function completeGate(gate: NonNullable<WrittenEnvironment['gate']>): GatePolicy {
  const { protect, accepting, priority, page, status, failOpenUntil } = gate;
  const paths = gate.bypass.flatMap(({ path }) => path ?? []);
  return {
    protect,
    exclude: [...gate.exclude, ...paths],
    accepting,
    rateBasisPoints: parseBasisPoints(gate.rate),
    ...(priority && { priority }),
    bypassHeaders: gate.bypass.flatMap(({ header }) => header?.toLowerCase() ?? []),
    page,
    status,
    idleSeconds: parseSeconds(gate.idle),
    capSeconds: parseSeconds(gate.cap),
    ...(failOpenUntil !== undefined && { failOpenUntil }),
  };
}
