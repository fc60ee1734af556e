import { setTimeout as sleep } from 'node:timers/promises';
import { isDenied, isOver, refusalOf, type Refusal } from './observe.ts';

export interface Patience {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly pause: number;
  readonly most: number;
}

/** Asks until there is an answer; undefined: none in time. Ends at once when the probe is interrupted. */
export async function waitFor<T>(
  ask: () => Promise<T | undefined>,
  { signal, pause, most }: Patience,
): Promise<T | undefined> {
  const deadline = Date.now() + most;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > deadline) return answer;
    await sleep(pause, undefined, { signal });
  }
}

/** How it is refused when IAM has had the time to make known what is allowed; undefined: it is not. */
export async function refusalInTheEnd(
  request: () => Promise<unknown>,
  patience: Patience,
): Promise<Refusal | undefined> {
  let last: Refusal | undefined;
  await waitFor(async () => {
    last = await refusalOf(request());
    if (isOver(last)) throw new Error('the session ended before it was known');
    return isDenied(last) ? undefined : true;
  }, patience);
  return last;
}

/** `8120` -> `8.1 s`. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
