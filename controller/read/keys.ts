import { orderToSign } from '../../edge/contract/kid.ts';
import { storeOf, type EdgeGroup } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { derivedKeysKey } from '../core/state/keys.ts';
import { deriveKeys } from '../core/tokens/derived-keys.ts';
import { LIVE_KEYS } from '../core/tokens/rotation.ts';
import type { Context } from '../ports/context.ts';
import type { MasterKey } from '../ports/key-store.ts';

/** The derived keys as the edge reads them. */
export interface LiveKeys {
  /** undefined: Lambda@Edge derives them itself, from the masters in SSM. */
  readonly store: string | undefined;
  readonly key: string;
  /** Text; undefined: there is no such value. */
  readonly value: string | undefined;
}

/** Reads them from the KeyValueStore that the environment's functions read; else derives them as Lambda@Edge does. */
export async function readLiveKeys(
  { app, environment, group }: EnvironmentSubject,
  context: Context,
): Promise<LiveKeys> {
  const stored = await context.records(app).read(app.app, environment.name);
  const store = stored === undefined ? storeOf(group) : stored.record.store;
  const key = derivedKeysKey(app.app, environment.name);
  if (store === undefined) {
    const masters = await context.keys(app.region).read(app.app, environment.name);
    const ordered = orderMasters(masters, group, context.clock.now());
    const value = masters.length === 0 ? undefined : renderKeys(ordered, { app, environment });
    return { store, key, value };
  }
  const { values } = await context.routes.read(store, [key]);
  return { store, key, value: values.get(key) };
}

/** As Lambda@Edge puts them: first the one that signs. */
function orderMasters(masters: readonly MasterKey[], group: EdgeGroup, now: Date) {
  const maxAgeSeconds = group.runtime === 'lambda-edge' ? group.routeMaxAgeSeconds : 0;
  return orderToSign(masters.slice(0, LIVE_KEYS), { now: now.getTime(), maxAgeSeconds });
}

/** As a KeyValueStore has them: the first one signs. */
export function renderKeys(
  masters: readonly MasterKey[],
  { app, environment }: Pick<EnvironmentSubject, 'app' | 'environment'>,
): string {
  const scope = { app: app.app, environment: environment.name };
  return JSON.stringify(deriveKeys(masters, scope));
}
