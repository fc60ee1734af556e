import { expect, it } from 'vitest';
import { Window } from '../../../../../../controller/adapters/aws/s3/lean/window.ts';

/** As many turns as the window gives at once. */
async function fill(window: Window) {
  return Promise.all(Array.from({ length: window.size }, () => window.enter()));
}

it('halves once for all that went out together, and never below 4', async () => {
  const window = new Window();
  expect(window.size).toBe(64);
  for (const size of [32, 16, 8, 4, 4]) {
    const turns = await fill(window);
    turns.forEach((turn) => window.leave(turn, 'slow'));
    expect(window.size).toBe(size);
  }
});

it('grows by one for a full window that went well, up to 128, and not while it is half empty', async () => {
  const window = new Window();
  for (let round = 0; round < 100; round += 1) window.leave(await window.enter(), 'fine');
  expect(window.size).toBe(64);
  const grown: number[] = [];
  const turns = await fill(window);
  for (let sent = 0; sent < 9_000; sent += 1) {
    window.leave(turns[sent]!, 'fine');
    if (sent === 64 || sent === 8_999) grown.push(window.size);
    while (turns.length - sent - 1 < window.size) turns.push(await window.enter());
  }
  expect(grown).toEqual([65, 128]);
});

it('lets one in for each that leaves, and many when it has grown', async () => {
  const window = new Window();
  const turns = await fill(window);
  let entered = 0;
  const waiting = Array.from({ length: 3 }, () => window.enter().then(() => (entered += 1)));
  await Promise.resolve();
  expect(entered).toBe(0);
  turns.slice(0, 3).forEach((turn) => window.leave(turn, 'other'));
  await Promise.all(waiting);
  expect(entered).toBe(3);
});
