import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../ports/surroundings.ts';

export function createClock(): Clock {
  return {
    now: () => new Date(),
    async sleep(milliseconds, signal) {
      try {
        await sleep(milliseconds, undefined, signal && { signal });
      } catch (error) {
        if (signal?.aborted !== true) throw error;
      }
    },
  };
}
