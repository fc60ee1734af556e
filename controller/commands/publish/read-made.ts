import { isUntrusted } from '../../core/state/build.ts';
import type { Made } from '../../core/state/manifest.ts';
import type { Context } from '../../ports/context.ts';

/** What the manifest of a build says of where it comes from. */
export async function readMade(
  build: string,
  { clock, surroundings }: Pick<Context, 'clock' | 'surroundings'>,
): Promise<Made> {
  const source = await surroundings.source();
  const trust = isUntrusted(build) ? 'untrusted' : 'protected';
  return { at: clock.now().toISOString(), trust, ...source };
}
