import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MILLISECONDS = 100;
const LONGEST_MILLISECONDS = 5_000;
const GROWTH = 1.5;

/** Asks at growing intervals until there is an answer; undefined when the time is over. */
export async function poll<T>(
  milliseconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = performance.now() + milliseconds;
  let pause = FIRST_MILLISECONDS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() > deadline) return answer;
    await sleep(pause);
    pause = Math.min(pause * GROWTH, LONGEST_MILLISECONDS);
  }
}
