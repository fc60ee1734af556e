import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCache } from '../../../edge/lambda-edge/cache.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A cache over reads that the test ends one by one. */
function start(change: { readonly refreshMillis?: number } = {}) {
  const reads: { give: (value: number) => void; fail: () => void }[] = [];
  const failures: string[] = [];
  const cache = createCache<number>({
    maxAgeMillis: 10_000,
    refreshMillis: 300,
    firstMillis: 1500,
    mayReplace: (next, last) => next >= last,
    failed: (key, error) => failures.push(`${key}: ${String(error)}`),
    ...change,
  });
  const read = () =>
    new Promise<number>((give, reject) => {
      reads.push({ give, fail: () => reject(new Error('broken')) });
    });
  return { get: () => cache('route', read), reads, failures };
}

/** The same with a value of 5 in it, read at 0. */
async function startFull(change: Parameters<typeof start>[0] = {}) {
  const started = start(change);
  const first = started.get();
  started.reads[0]?.give(5);
  expect(await first).toBe(5);
  return started;
}

describe('a value in memory', () => {
  it('is given without asking until it is too old', async () => {
    const { get, reads } = await startFull();
    vi.setSystemTime(9999);
    expect(await get()).toBe(5);
    expect(reads.length).toBe(1);
    vi.setSystemTime(10_000);
    const newer = get();
    reads[1]?.give(6);
    expect(await newer).toBe(6);
  });

  it('is as old as the beginning of its read', async () => {
    const { get, reads } = start();
    const first = get();
    await vi.advanceTimersByTimeAsync(1000);
    reads[0]?.give(5);
    await first;
    vi.setSystemTime(10_000);
    void get();
    expect(reads.length).toBe(2);
  });

  it('is given after 300 ms when the newer one is late, which counts when it comes', async () => {
    const { get, reads } = await startFull();
    vi.setSystemTime(10_000);
    const waiting = get();
    await vi.advanceTimersByTimeAsync(299);
    reads[1]?.give(6);
    expect(await waiting).toBe(6);

    vi.setSystemTime(30_000);
    const late = get();
    await vi.advanceTimersByTimeAsync(300);
    expect(await late).toBe(6);
    // Nobody waits again so soon, and the read goes on.
    expect(await get()).toBe(6);
    reads[2]?.give(7);
    await vi.advanceTimersByTimeAsync(0);
    expect(await get()).toBe(7);
    expect(reads.length).toBe(3);
  });

  it('is given when a read fails, and for a second nobody asks again', async () => {
    const { get, reads, failures } = await startFull();
    vi.setSystemTime(10_000);
    const failing = get();
    reads[1]?.fail();
    expect(await failing).toBe(5);
    expect(failures).toEqual(['route: Error: broken']);
    vi.setSystemTime(10_999);
    expect(await get()).toBe(5);
    expect(reads.length).toBe(2);
    vi.setSystemTime(11_000);
    const next = get();
    reads[2]?.give(6);
    expect(await next).toBe(6);
  });

  it('that is very old is given only after a long wait: frozen instances never see a late read come in', async () => {
    const { get, reads } = await startFull();
    vi.setSystemTime(30_000);
    const waiting = get();
    await vi.advanceTimersByTimeAsync(1499);
    reads[1]?.give(6);
    expect(await waiting).toBe(6);
  });

  it('is asked for again when the read in flight is older than any can be', async () => {
    const { get, reads } = await startFull();
    vi.setSystemTime(10_000);
    const late = get();
    await vi.advanceTimersByTimeAsync(300);
    expect(await late).toBe(5);
    // Frozen from here on, and what it waited for with it.
    vi.setSystemTime(20_000);
    const next = get();
    reads[2]?.give(7);
    expect(await next).toBe(7);
    // The dead one comes in after all, with what was true then.
    reads[1]?.give(9);
    await vi.advanceTimersByTimeAsync(0);
    expect(await get()).toBe(7);
    expect(reads.length).toBe(3);
  });

  it('is asked for less and less often while reads fail', async () => {
    const { get, reads } = await startFull();
    const asked: number[] = [];
    for (let second = 10; second < 60; second++) {
      vi.setSystemTime(second * 1000);
      const given = get();
      if (reads.length > asked.length + 1) asked.push(second);
      reads.at(-1)?.fail();
      expect(await given).toBe(5);
    }
    expect(asked).toEqual([10, 11, 13, 17, 25, 35, 45, 55]);
  });

  it('never goes back', async () => {
    const { get, reads } = await startFull();
    vi.setSystemTime(10_000);
    const older = get();
    reads[1]?.give(4);
    expect(await older).toBe(5);
    // That it was asked for counts.
    vi.setSystemTime(19_999);
    expect(await get()).toBe(5);
    expect(reads.length).toBe(2);
  });

  it('is given at once where nobody is to wait', async () => {
    const { get, reads } = await startFull({ refreshMillis: 0 });
    vi.setSystemTime(10_000);
    const old = get();
    await vi.advanceTimersByTimeAsync(0);
    expect(await old).toBe(5);
    reads[1]?.give(6);
    await vi.advanceTimersByTimeAsync(0);
    expect(await get()).toBe(6);
  });
});

describe('without a value', () => {
  it('all wait for the same read', async () => {
    const { get, reads } = start();
    const waiting = Promise.all([get(), get(), get()]);
    reads[0]?.give(5);
    expect(await waiting).toEqual([5, 5, 5]);
    expect(reads.length).toBe(1);
  });

  it('a failed read is made once more', async () => {
    const { get, reads } = start();
    const waiting = get();
    reads[0]?.fail();
    await vi.advanceTimersByTimeAsync(0);
    reads[1]?.give(5);
    expect(await waiting).toBe(5);
  });

  it('there is none after two, and for a second nobody asks again', async () => {
    const { get, reads } = start();
    const waiting = get();
    reads[0]?.fail();
    await vi.advanceTimersByTimeAsync(0);
    reads[1]?.fail();
    expect(await waiting).toBeUndefined();
    expect(await get()).toBeUndefined();
    expect(reads.length).toBe(2);
  });

  it('there is none when the read takes too long, and one when it has come', async () => {
    const { get, reads } = start();
    const waiting = get();
    await vi.advanceTimersByTimeAsync(1500);
    expect(await waiting).toBeUndefined();
    reads[0]?.give(5);
    await vi.advanceTimersByTimeAsync(0);
    expect(await get()).toBe(5);
    expect(reads.length).toBe(1);
  });
});
