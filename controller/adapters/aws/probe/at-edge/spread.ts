import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { observe } from '../observe.ts';
import type { Store } from '../store.ts';
import { readSeen, SEEN } from './code.ts';
import { POLL_MILLISECONDS, type Visit } from './site.ts';

const LATEST_MILLISECONDS = 300_000;

export interface Spread {
  readonly measured: Measured;
  /** Milliseconds from each write to the first answer with it; the last one may have been given up then. */
  readonly times: readonly number[];
}

export interface Writing {
  readonly store: Store;
  readonly visit: Visit;
  readonly writes: number;
  say(line: string): void;
}

/** Each write, of two keys, waits for the one before: they are never on their way together. */
export async function timeWrites({ store, visit, writes, say }: Writing): Promise<Spread> {
  const times: number[] = [];
  const count = { answers: 0, half: 0, back: 0 };
  const measured = await observe('store-keys-together', async () => {
    for (let write = 1; write <= writes; write += 1) {
      const value = String(write);
      const begun = performance.now();
      await store.put({ written: value, twin: value });
      while (times.length < write) {
        const seen = readSeen((await visit('/page')).headers[SEEN]);
        const taken = performance.now() - begun;
        count.answers += 1;
        if (seen.written !== seen.twin) count.half += 1;
        if (seen.written === value) times.push(Math.round(taken));
        else if (taken > LATEST_MILLISECONDS) {
          times.push(Math.round(taken));
          throw new Error(`write ${write} was never seen`);
        } else await sleep(POLL_MILLISECONDS);
      }
      say(`write ${write} of ${writes}: ${times.at(-1)} ms`);
      // Another machine of the same place may still have the one before.
      if (readSeen((await visit('/page')).headers[SEEN]).written !== value) count.back += 1;
    }
    const evidence = `of ${count.answers} answers, from one place, ${count.half} had one key of a write alone; after ${count.back} of ${writes} writes an older answer followed`;
    return [count.half === 0 && count.back === 0, evidence];
  });
  return { measured, times };
}
