/** Written policies -> policies as the rest of the program sees them: numbers with units, nothing left open. */
import { USUAL_COOKIES, type WrittenAdopted } from './adopted-schema.ts';
import type {
  AdoptedPolicy,
  AppPolicy,
  CohortPolicy,
  EdgeGroup,
  EnvironmentPolicy,
  GatePolicy,
  GuardPolicy,
  RuntimeSettings,
} from './policy.ts';
import type { NotifyPolicy } from './guard-policy.ts';
import type { WrittenGroup } from './group-schema.ts';
import type { WrittenOrigins } from './origin-schema.ts';
import type { WrittenApp, WrittenEdge, WrittenEnvironment } from './schema.ts';
import type { Path } from './shape.ts';
import type { Source } from './source.ts';
import { completeFreeze } from './freeze.ts';
import { completeProvenance } from './provenance.ts';
import { completeRelease } from './release.ts';
import { parseBasisPoints, parseSeconds, wholeSeconds } from './values.ts';

const ROUTE_MAX_AGE = '10s';

/** Line of this key (`build`) in the map at this path of the environment. */
type FindLine = (path: Path, key?: string) => number;

export function completeGroups(source: Source, edge: WrittenEdge): readonly EdgeGroup[] {
  const directory = source.file.replace(/[^/\\]*$/, '');
  const locate = (name: string, key: string) => source.locate(['groups', name, key], 'key');
  return Object.entries(edge.groups).map(([name, { before, watch, bucket, region, ...group }]) => ({
    name,
    bucket,
    region,
    code: group.code,
    ...(before !== undefined && { before: directory + before.slice('./'.length) }),
    watchSeconds: parseSeconds(watch),
    place: { file: source.file, code: locate(name, 'code'), before: locate(name, 'before') },
    ...completeRuntime(group),
  }));
}

/** A rule has seen to it that each runtime has what it needs. */
function completeRuntime({
  runtime,
  keyValueStore = '',
  role = '',
  routeMaxAge = ROUTE_MAX_AGE,
  sessions,
}: Pick<
  WrittenGroup,
  'runtime' | 'keyValueStore' | 'role' | 'routeMaxAge' | 'sessions'
>): RuntimeSettings {
  if (runtime === 'cloudfront-functions') return { runtime, keyValueStore };
  const routeMaxAgeSeconds = parseSeconds(routeMaxAge);
  if (sessions === undefined) return { runtime, role, routeMaxAgeSeconds };
  const { timeout, ...table } = sessions;
  const timeoutMillis = Number(timeout.slice(0, -'ms'.length));
  return { runtime, role, routeMaxAgeSeconds, sessions: { ...table, timeoutMillis } };
}

export function completeApp(source: Source, written: WrittenApp): AppPolicy {
  const { app, bucket, region, spa, pool, layout, headers, sourceMaps, provenance, origins, root } =
    written;
  const environments = Object.entries(written.environments).map(([name, environment]) =>
    completeEnvironment(name, environment, {
      region,
      lineOf: (path, key = 'build') =>
        source.locate(['environments', name, ...path, key], 'key').line,
    }),
  );
  return {
    app,
    file: source.file,
    bucket,
    region,
    spa,
    pool,
    ...(layout === 'tree' && { layout }),
    ...(headers.length > 0 && { headers }),
    ...(sourceMaps === 'public' && { sourceMaps }),
    ...(provenance && { provenance: completeProvenance(source.file, provenance) }),
    ...(origins && { origins: completeOrigins(origins) }),
    ...(root !== undefined && { root }),
    environments,
  };
}

/** A rule has seen to it that each has one of the two. */
function completeOrigins(written: WrittenOrigins): NonNullable<AppPolicy['origins']> {
  const entries = Object.entries(written).map(
    ([name, { id, url = '' }]) => [name, id === undefined ? { url } : { id }] as const,
  );
  return Object.fromEntries(entries);
}

function completeEnvironment(
  name: string,
  written: WrittenEnvironment,
  { region, lineOf }: { readonly region: string; readonly lineOf: FindLine },
): EnvironmentPolicy {
  const { hosts, edge, preview, quarantine, guard, freeze, gate, pinnedUrls, adopted, notify } =
    written;
  const { require } = written;
  return {
    name,
    hosts,
    edge: { group: edge.group, distribution: edge.distribution ?? '' },
    release: completeRelease(written.release, lineOf(['release'])),
    ...(require !== undefined && { require }),
    cohorts: written.cohorts.map((cohort, index) =>
      completeCohort(cohort, lineOf(['cohorts', index])),
    ),
    split: written.split.map(({ build, weight }, index) => ({
      build,
      line: lineOf(['split', index]),
      weightBasisPoints: parseBasisPoints(weight),
    })),
    preview: {
      access: preview.access,
      ttlSeconds: wholeSeconds(preview.ttl),
      ...(preview.builds === 'all' && { builds: preview.builds }),
    },
    quarantine,
    guard: completeGuard(guard, region),
    ...(freeze.length > 0 && { freeze: freeze.map(completeFreeze) }),
    ...(notify && { notify: completeNotify(notify) }),
    ...(gate && { gate: completeGate(gate, lineOf(['gate'], 'page')) }),
    ...(adopted && { adopted: completeAdopted(adopted) }),
    ...(pinnedUrls && { pinnedUrls }),
  };
}

function completeGuard(written: WrittenEnvironment['guard'], region: string): GuardPolicy {
  const { alarms, needed, coolDown, noData, deadline, breaker, beacon } = written;
  return {
    alarms: alarms.map((alarm) => ({ name: alarm.name, region: alarm.region ?? region })),
    needed,
    coolDownSeconds: parseSeconds(coolDown),
    noData,
    deadlineSeconds: parseSeconds(deadline),
    breaker: {
      rollbacks: breaker.rollbacks,
      ...(breaker.lift !== undefined && { lift: breaker.lift }),
    },
    ...(beacon !== undefined && { beacon: { act: beacon } }),
  };
}

function completeNotify({
  url,
  secretParameter,
}: NonNullable<WrittenEnvironment['notify']>): NotifyPolicy {
  return { url, ...(secretParameter !== undefined && { secretParameter }) };
}

function completeAdopted(written: WrittenAdopted): AdoptedPolicy {
  const { cookies, activeBuildParameter, replaces, originPath } = written;
  return {
    ...(cookies && { cookies: cookies === true ? USUAL_COOKIES : cookies }),
    ...(activeBuildParameter !== undefined && { activeBuildParameter }),
    ...(replaces && { replaces }),
    ...(originPath !== undefined && { originPath }),
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

function completeGate(gate: NonNullable<WrittenEnvironment['gate']>, pageLine: number): GatePolicy {
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
    pageLine,
    status,
    idleSeconds: wholeSeconds(gate.idle),
    capSeconds: wholeSeconds(gate.cap),
    ...(failOpenUntil !== undefined && { failOpenUntil }),
  };
}
