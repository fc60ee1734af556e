import { root as rule } from '../../core/policy/adopted-values.ts';
import type { Context, Place } from '../../ports/context.ts';

/**
 * Where the builds of an app lie: as `--root` says, else as its settings do. `/` is the top of the
 * bucket, for which a flag has no better word.
 */
export async function findRoot(
  { app, place, root }: { readonly app: string; readonly place: Place; readonly root: unknown },
  context: Context,
): Promise<Place> {
  const asked = readRoot(root);
  const settings =
    asked === undefined ? await context.builds(place).readSettings(app) : { root: asked };
  return { ...place, root: settings?.root };
}

/** What is wrong with `--root`. */
export function checkRoot(written: unknown): readonly string[] {
  const root = readRoot(written);
  if (root === undefined || rule.safeParse(root).success) return [];
  return [`--root ${JSON.stringify(written)} is not / or ${String(rule.meta()?.['expects'])}`];
}

function readRoot(written: unknown): string | undefined {
  return typeof written === 'string' ? written.replace(/^\//, '') : undefined;
}
