import { isDeepStrictEqual } from 'node:util';
import { settingsOf } from '../../core/plan/settings.ts';
import type { Policies } from '../../core/policy/policy.ts';
import type { Context } from '../../ports/context.ts';

/** How builds are published: whoever publishes the first one must know before any reconcile. Returns the apps that were told. */
export async function writeSettings(
  policies: Policies,
  { builds }: Pick<Context, 'builds'>,
): Promise<readonly string[]> {
  const told: string[] = [];
  for (const app of policies.apps) {
    const store = builds(app);
    const settings = settingsOf(app);
    if (isDeepStrictEqual(await store.readSettings(app.app), settings)) continue;
    await store.writeSettings(app.app, settings);
    told.push(app.app);
  }
  return told;
}
