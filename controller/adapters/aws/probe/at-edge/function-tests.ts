import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { observe } from '../observe.ts';
import type { Store } from '../store.ts';
import { seconds } from '../wait.ts';
import { readSeen, SEEN } from './code.ts';
import type { EdgeFunction } from './function.ts';
import { POLL_MILLISECONDS, type Visit } from './site.ts';

const ROUNDS = [0, 10_000, 1_000_000] as const;
const REPEATS = 3;
const LATEST_MINUTES = 5;
const DELAYS = 2;

/** What CloudFront's own test of a function does; needs no distribution. */
export async function lookAtTests(request: EdgeFunction): Promise<readonly Measured[]> {
  return [
    await observe('helper-test', async () => {
      const { error, seen } = await request.test('/call/unknown');
      const isTaken = error === '' && seen.call === 'accepted';
      return [isTaken, error || `the call was ${seen.call}`];
    }),
    await observe('compute-utilization', async () => {
      const said: number[] = [];
      for (const rounds of ROUNDS) said.push(await leastOf(request, `/work/${rounds}`));
      const [none = 0] = said;
      const told = ROUNDS.map((rounds, index) => `${said[index]} after ${rounds} rounds`);
      // What 100 stands for nobody can see from outside.
      return [said.some((one) => one > none), `${told.join(', ')}; what 100 stands for isn't told`];
    }),
  ];
}

/** The first run of a function takes longer. */
async function leastOf(request: EdgeFunction, path: string): Promise<number> {
  const all: number[] = [];
  for (let run = 0; run < REPEATS; run += 1) all.push((await request.test(path)).utilization);
  return Math.min(...all);
}

export interface TestGround {
  readonly request: EdgeFunction;
  readonly store: Store;
  readonly visit: Visit;
  /** Milliseconds. */
  readonly minute: number;
}

/** What the test has of a distribution's edge, and what it hasn't. */
export async function compareTests(ground: TestGround): Promise<readonly Measured[]> {
  const { request, visit } = ground;
  return [
    await observe('test-event-context', async () => {
      const { raw } = (await request.test('/page')).seen;
      const there = readSeen((await visit('/page')).headers[SEEN]).raw;
      const evidence = `rawQueryString is ${raw} in a test, ${there} at the edge`;
      return [raw === 'undefined' && there === 'function', evidence];
    }),
    await observe('test-function-delay', async () => {
      const delays: Delay[] = [];
      for (let write = 1; write <= DELAYS; write += 1) {
        delays.push(await timeBoth(ground, `test ${write}`));
      }
      const told = delays.map(
        ({ test, edge }) =>
          `the test after ${test === undefined ? 'minutes not yet' : seconds(test)}, the edge after ${seconds(edge)}`,
      );
      return [delays.every(({ test }) => test !== undefined), told.join('; ')];
    }),
  ];
}

/** Milliseconds after the write. */
interface Delay {
  /** Undefined: it never saw it. */
  readonly test: number | undefined;
  readonly edge: number;
}

/** When a write is seen by a test and at the edge, which are asked in turns. */
async function timeBoth(ground: TestGround, value: string): Promise<Delay> {
  const { request, store, visit, minute } = ground;
  await store.put({ written: value, twin: value });
  const begun = performance.now();
  let [test, edge]: (number | undefined)[] = [];
  for (;;) {
    const at = performance.now() - begun;
    const tested = (await request.test('/page')).seen.written;
    const answered = readSeen((await visit('/page')).headers[SEEN]).written;
    if (tested === value) test ??= at;
    if (answered === value) edge ??= at;
    const isLate = at > LATEST_MINUTES * minute;
    if (edge !== undefined && (test !== undefined || isLate)) return { test, edge };
    if (isLate) throw new Error('a write was never seen at the edge');
    await sleep(POLL_MILLISECONDS);
  }
}
