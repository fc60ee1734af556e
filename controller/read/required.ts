import type { EnvironmentFacts } from '../core/plan/facts.ts';
import type { EnvironmentPolicy } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { adoptLive } from '../core/state/adopt.ts';
import { parameters } from '../core/state/keys.ts';
import { newestRoute } from '../core/state/live.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';
import { recordedHosts } from './recorded.ts';

/**
 * The records of the environments that a release here requires; none that can't be read is passed over.
 * Only a build that would start here is held up by them.
 */
export async function readRequired(
  context: Context,
  { app, environment }: EnvironmentSubject,
  record: EnvironmentRecord | undefined,
): Promise<EnvironmentFacts['required']> {
  if (isUnderWay(environment, record)) return new Map();
  const read = await Promise.all(
    (environment.release.requires ?? []).map(async ({ environment: name }) => {
      const stored = await context.records(app).read(app.app, name);
      if (stored === undefined) return [];
      return [[name, await adopt(context, stored.record, app.region)] as const];
    }),
  );
  return new Map(read.flat());
}

function isUnderWay(
  { release }: EnvironmentPolicy,
  record: EnvironmentRecord | undefined,
): boolean {
  const canary = record?.rollout?.canary;
  return (canary ?? record?.stable)?.build === release.build;
}

/** A rollback there that a run could not write down any more is in its live route alone. */
async function adopt(
  context: Context,
  record: EnvironmentRecord,
  region: string,
): Promise<EnvironmentRecord> {
  const { app, environment, store } = record;
  const hosts = recordedHosts(record);
  const name = parameters.route(app, environment);
  const none = new Map<string, string>();
  const live =
    store === undefined
      ? {
          values: none,
          route: (await context.parameters(region).read([name])).get(name),
        }
      : { values: (await context.routes.read(store, hosts)).values, route: undefined };
  const found = { values: live.values, parameters: { route: live.route, activeBuild: undefined } };
  const liveRoute = newestRoute(found, app, environment);
  const facts = { now: context.clock.now(), by: 'another run', steps: [], hosts, store };
  return adoptLive(record, liveRoute, facts).record ?? record;
}
