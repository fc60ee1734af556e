import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../end-to-end/command.ts';
import { createFleet, ENVIRONMENTS, type Fleet } from '../end-to-end/fleet.ts';

/**
 * What a reconcile that has nothing to do costs: `npx tsx test/benchmark/reconcile.ts [apps...]
 * [--builds=<n>]`, after `npm run build`. Every app has three environments, which serve n different builds
 * (default 1). The local cloud works on the same machine, so the seconds are its own, too; requests and
 * memory are the command's alone. Last, one pull request names a new build in the prod of ten apps.
 */

const SIZES = [50, 100, 200];
/** The first reconcile releases everything; the next ones must find nothing to do. */
const ROUNDS = 4;
/** Apps of one pull request. */
const TRAIN = 10;

/** Runs in the command's process, and leaves its peak behind. */
const WATCH_MEMORY = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  if (process.argv[2] === 'reconcile')
    writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS));
});`;

async function measure(fleet: Fleet, apps: number): Promise<void> {
  await fleet.grow(apps);
  for (let round = 1; (await fleet.reconcile()).writes.length > 0; round++) {
    if (round === ROUNDS) throw new Error('reconcile always finds something to write');
  }
  const file = join(fleet.setting.directory, 'peak');
  const watch = encodeURIComponent(WATCH_MEMORY);
  const began = performance.now();
  const result = await fleet.reconcile({
    NODE_OPTIONS: `--import=data:text/javascript,${watch}`,
    PEAK_FILE: file,
  });
  const seconds = (performance.now() - began) / 1000;
  const megabytes = Number(await readFile(file, 'utf8')) / 1024;
  if (result.code !== 0) throw new Error(result.stderr);
  print({ apps, result, seconds, megabytes });
}

/** A pull request that moves many: how many writes of the KeyValueStore it takes, and how long. */
async function measureTrain(fleet: Fleet): Promise<void> {
  await fleet.name('9', TRAIN);
  const began = performance.now();
  const { code, stderr, calls, writes } = await fleet.reconcile();
  if (code !== 0) throw new Error(stderr);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const count = (pattern: RegExp) => writes.filter((name) => pattern.test(name)).length;
  process.stdout.write(
    `${TRAIN} of them move: ${count(/^UpdateKeys/)} UpdateKeys, ${writes.length} writes, ` +
      `${calls.length} requests; ${seconds} s\n`,
  );
}

function print(row: { apps: number; result: Result; seconds: number; megabytes: number }): void {
  const { apps, result, seconds, megabytes } = row;
  const environments = apps * ENVIRONMENTS.length;
  const each = (count: number) => (count / environments).toFixed(2);
  const services = new Map<string, number>();
  for (const action of result.calls) services.set(action, (services.get(action) ?? 0) + 1);
  const sorted = [...services].toSorted(([, a], [, b]) => b - a);
  const parts = sorted.map(([action, count]) => `  ${action.padEnd(44)} ${count}  ${each(count)}`);
  process.stdout.write(
    `${apps} apps, ${environments} environments: ${result.calls.length} requests, ` +
      `${each(result.calls.length)} each; ${seconds.toFixed(1)} s, ` +
      `${((seconds / environments) * 1000).toFixed(0)} ms each; peak ${megabytes.toFixed(0)} MB\n` +
      `${parts.join('\n')}\n`,
  );
}

const args = process.argv.slice(2);
const builds = Number(/--builds=(\d)/.exec(args.join(' '))?.[1] ?? 1);
const sizes = args.map(Number).filter((size) => size > 0);
const fleet = await createFleet(builds);
try {
  for (const size of sizes.length > 0 ? sizes : SIZES) await measure(fleet, size);
  await measureTrain(fleet);
} finally {
  await fleet.setting.close();
}
