import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { derivedKeysKey } from '../core/state/keys.ts';
import type { Context } from '../ports/context.ts';

/** The derived keys as the edge reads them. */
export interface LiveKeys {
  readonly store: string;
  readonly key: string;
  /** Text; undefined: there is no such value. */
  readonly value: string | undefined;
}

/** Reads them from the KeyValueStore that the environment's functions read. */
export async function readLiveKeys(
  { app, environment, group }: EnvironmentSubject,
  context: Context,
): Promise<LiveKeys> {
  const stored = await context.records(app).read(app.app, environment.name);
  const store = stored?.record.store ?? group.keyValueStore;
  const key = derivedKeysKey(app.app, environment.name);
  const { values } = await context.routes.read(store, [key]);
  return { store, key, value: values.get(key) };
}
