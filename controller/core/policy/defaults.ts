/** Written policies -> policies as the rest of the program sees them: numbers with units, nothing left open. */
import type { AppPolicy, EdgeGroup, EnvironmentPolicy } from './policy.ts';
import type { WrittenApp, WrittenEdge, WrittenEnvironment } from './schema.ts';
import type { Source } from './source.ts';
import { parseBasisPoints, parseSeconds } from './values.ts';

export function completeGroups(edge: WrittenEdge): readonly EdgeGroup[] {
  return Object.entries(edge.groups).map(([name, group]) => ({ name, ...group }));
}

export function completeApp(source: Source, written: WrittenApp): AppPolicy {
  const { app, bucket, region, spa, pool } = written;
  const environments = Object.entries(written.environments).map(([name, environment]) =>
    completeEnvironment(name, environment, {
      region,
      line: source.locate(['environments', name, 'release', 'build'], 'key').line,
    }),
  );
  return { app, file: source.file, bucket, region, spa, pool, environments };
}

function completeEnvironment(
  name: string,
  written: WrittenEnvironment,
  { region, line }: { readonly region: string; readonly line: number },
): EnvironmentPolicy {
  const { hosts, edge, release, preview, quarantine, guard } = written;
  return {
    name,
    hosts,
    edge,
    release: {
      build: release.build,
      line,
      steps: release.steps.map((step) => ({
        weightBasisPoints: parseBasisPoints(step.weight),
        holdSeconds: parseSeconds(step.hold),
      })),
      bakeSeconds: parseSeconds(release.bake),
      keep: release.keep,
    },
    preview,
    quarantine,
    guard: {
      alarms: guard.alarms.map((alarm) => ({ name: alarm.name, region: alarm.region ?? region })),
      noData: guard.noData,
    },
  };
}
