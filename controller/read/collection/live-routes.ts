import { RefusedError } from '../../core/errors.ts';
import { storeOf } from '../../core/policy/policy.ts';
import type { EnvironmentSubject } from '../../core/policy/subjects.ts';
import { listAllNamed } from '../../core/state/origins.ts';
import { isNewerVersion, parseRoute } from '../../core/state/route.ts';
import type { Context } from '../../ports/context.ts';
import { hostsToRead } from '../environment.ts';
import { readParameters } from '../recorded.ts';

type Sources = Pick<Context, 'records' | 'routes' | 'parameters'>;

/**
 * Builds of an environment that visitors get, whatever its record says: a rollback writes that last, and one that
 * died before has made a build live that no record names.
 */
export async function readLiveRoutes(
  context: Sources,
  subject: EnvironmentSubject,
): Promise<readonly string[]> {
  const { route, activeBuild, adopted } = await readParameters(context, subject);
  const routes = [...(await readStored(context, subject)), ...(route ? [route.value] : [])];
  const names = [activeBuild, adopted].flatMap((one) => (one === undefined ? [] : one.value));
  return [...routes.flatMap((text) => listBuilds(text, subject)), ...names];
}

/** Of the KeyValueStore; before the first release there is nothing in it. */
async function readStored(
  context: Sources,
  { app, environment, group }: EnvironmentSubject,
): Promise<readonly string[]> {
  const record = (await context.records(app).read(app.app, environment.name))?.record;
  const store = record?.store ?? storeOf(group);
  const hosts = hostsToRead(environment, undefined, record);
  if (record === undefined || store === undefined) return [];
  const arn = record.remembered?.storeArn;
  if (arn !== undefined) context.routes.remember(store, arn);
  return [...(await context.routes.read(store, hosts)).values.values()];
}

function listBuilds(text: string, { app, environment }: EnvironmentSubject): readonly string[] {
  if (isNewerVersion(text)) {
    throw new RefusedError(
      `the live route of ${app.app}/${environment.name} is one of a newer Headgate`,
      'Update Headgate.',
    );
  }
  const route = parseRoute(text);
  return route === undefined ? [] : listAllNamed(route).map(([build]) => build);
}
