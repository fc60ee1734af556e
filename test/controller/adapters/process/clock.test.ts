import { expect, it } from 'vitest';
import { createClock } from '../../../../controller/adapters/process/clock.ts';

it('tells the time and waits', async () => {
  const clock = createClock();
  const before = clock.now().getTime();
  await clock.sleep(20);
  expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(18);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1000);
});
