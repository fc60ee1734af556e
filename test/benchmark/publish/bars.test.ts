import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, judgeLimit, renderVerdicts } from './bars.ts';
import type { Client } from './clients.ts';
import { Ledger } from './ledger.ts';
import type { Run } from './measure.ts';
import { lendPeers, renderCell, summarise, type Cell } from './report.ts';

function makeRun(wall: number, requests: number, failure?: string): Run {
  const counts = { requests, bytes: requests * 1e4, connections: 64, mostInFlight: 64, objects: 1 };
  const rest = { kinds: { put: requests }, late: 0, standInCpu: 0, otherCpu: 0, cpu: 1 };
  return { ...counts, ...rest, wall, peakMegabytes: 90, failure };
}

const of = (name: string, kind: Client['kind']) => ({ name, kind }) as Client;
const OURS = of('headgate', 'ours');
const RCLONE = of('rclone, 64, no head', 'tuned');

function makeCell(scenario: Cell['scenario'], pooled: number, rows: Cell['rows']): Cell {
  return { scenario, title: `${scenario} among ${pooled}`, pooled, latency: 20, rows };
}

const first = makeCell('first', 0, [
  summarise(OURS, [makeRun(11, 10_003), makeRun(10, 10_003), makeRun(30, 10_003)]),
  summarise(of('headgate --engine sdk', 'engine'), [makeRun(99, 10_003)]),
  summarise(RCLONE, [makeRun(10, 10_001)]),
  summarise(of('rclone', 'default'), [makeRun(100, 20_001)]),
]);
const next = (pooled: number, requests: number) =>
  makeCell('re-publish', pooled, [summarise(OURS, [makeRun(3, requests)])]);

test('a peer is measured once for the first publish and the next, and said so', () => {
  const [, lent] = lendPeers([first, next(300_000, 230)]);
  expect(lent?.rows.map(({ client }) => client)).toEqual(['headgate', 'rclone, 64, no head']);
  expect(lent && renderCell(lent)).toMatch(/rclone, 64, no head \*.*\n {2}\* measured at "first/s);
});

test('each bar tells what it was held to, for the default engine alone', () => {
  const verdicts = judge(lendPeers([first, next(300_000, 230), next(0, 229)]));
  const text = renderVerdicts(verdicts);
  expect(verdicts.some(({ numbers }) => numbers.includes('99'))).toBe(false);
  expect(text).toMatch(
    /met +0\.30 {2}of 0\.35 {2}re-publish: times the best peer .*: 3\.00 s of 10\.00 s: rclone, 64, no head, n = 1/,
  );
  expect(text).toMatch(
    /MISSED +1\.00 {2}of +0 {2}re-publish: requests that a pool of 300,000 keys/,
  );
  expect(text).toMatch(/met +1\.10 {2}of 1\.15 {2}first publish: times the best tuned peer/);
  expect(text).toMatch(/met +0\.11 {2}of +1 {2}first publish: times the best default/);
  expect(judge([next(300_000, 230)])[0]).toMatchObject({ met: undefined });
  expect(judgeLimit([first], 9_000)).toMatchObject({ met: false, limit: 10 });
});

test('a run that failed meets nothing', () => {
  const failed = makeCell('same', 0, [summarise(OURS, [makeRun(0.5, 8, 'exit code 1')])]);
  expect(judge([failed]).map(({ met }) => met)).toEqual([false]);
});

test('a run that was cut short goes on where it was, with the same subject only', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-ledger-'));
  const file = join(directory, 'out.json');
  const limit = { requestsPerSecond: 1, standInCpu: 1, connections: 64 };
  const subject = { machine: '2 x a', versions: [], files: 300 };
  const open = (files: number) =>
    Ledger.open({
      file,
      resume: true,
      subject: { ...subject, files },
      measureLimit: async () => limit,
    });
  const cell = { scenario: 'first', pooled: 0, latency: 20 } as const;
  await (await open(300)).add(cell, OURS, makeRun(1, 2));
  const again = await open(300);
  expect(again.runsOf(cell, OURS)).toMatchObject([{ wall: 1 }]);
  expect(again.runsOf({ ...cell, latency: 80 }, OURS)).toEqual([]);
  await expect(open(10_000)).rejects.toThrow('another tree');
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ isWhole: false, limit });
  await rm(directory, { recursive: true });
});
