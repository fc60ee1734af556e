import { UnansweredError } from '../../core/errors.ts';
import type { Context } from '../../ports/context.ts';

const FIRST_MILLISECONDS = 100;
const LONGEST_MILLISECONDS = 10_000;
const GROWTH = 1.5;
/** CloudFront takes some minutes. */
const DEADLINE_MINUTES = 30;

/** Until every edge has the distribution's present configuration; at once where there is no such distribution. */
export async function waitUntilDeployed(
  id: string,
  { distributions, clock, terminal }: Pick<Context, 'distributions' | 'clock' | 'terminal'>,
): Promise<void> {
  const deadline = clock.now().getTime() + DEADLINE_MINUTES * 60_000;
  for (let pause = FIRST_MILLISECONDS; ; pause = Math.min(pause * GROWTH, LONGEST_MILLISECONDS)) {
    const found = await distributions.read(id);
    if (found?.status !== 'InProgress') return;
    if (clock.now().getTime() > deadline) {
      throw new UnansweredError(
        `Distribution ${id} is still InProgress after ${DEADLINE_MINUTES} minutes.`,
        'Run the command again: it goes on from there.',
      );
    }
    terminal.progress(`Distribution ${id}: waiting until all edges know.`);
    await clock.sleep(pause);
  }
}
