import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../ports/surroundings.ts';

export function createClock(): Clock {
  return {
    now: () => new Date(),
    sleep: (milliseconds) => sleep(milliseconds),
  };
}
