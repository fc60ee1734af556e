import type { Context } from '../ports/context.ts';

/**
 * What writes of functions and keys take to the edges: seconds (AWS says, and promises nothing), low tens of them
 * (observed elsewhere). Nothing tells when they are there.
 */
const SETTLE_MILLISECONDS = 30_000;

/** Until the edges have what was just written, before a change that needs it. */
export async function settle(
  why: string,
  { clock, terminal }: Pick<Context, 'clock' | 'terminal'>,
): Promise<void> {
  terminal.progress(why);
  await clock.sleep(SETTLE_MILLISECONDS);
}
