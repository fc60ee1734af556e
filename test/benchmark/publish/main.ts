import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, judgeLimit, renderVerdicts } from './bars.ts';
import { APP, findClients, type Client } from './clients.ts';
import { compareTrees } from './compare-trees.ts';
import { Ledger } from './ledger.ts';
import { measureLimit } from './limit.ts';
import { measureRun, type Run } from './measure.ts';
import { readOptions, type Options } from './options.ts';
import { startRemote, type Remote } from './remote.ts';
import { lendPeers, renderCell, summarise, type Cell } from './report.ts';
import { baseOf, listScenarios, type Scenario } from './scenarios.ts';
import { fetchPair, makeLarge, makeTree, type Tree } from './tree.ts';

/** `npm run bench:publish`: ours beside what teams use. The README beside says what is measured, and how. */

interface Bench {
  readonly directory: string;
  readonly remote: Remote;
  readonly clients: readonly Client[];
  readonly options: Options;
  readonly ledger: Ledger;
  /** Puts in place what a scenario begins with. */
  readonly prepare: (scenario: Scenario) => Promise<void>;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(directory: string, options: Options): Promise<void> {
  const clients = (await findClients(directory, { cli: options.cli, tell: print })).filter(
    ({ name, kind }) => options.wants(name) && !(options.quick && kind === 'default'),
  );
  const remote = await startRemote();
  try {
    const began = Date.now();
    const prepare = rememberPrepared({ directory, remote, clients });
    const ledger = await openLedger(clients, remote, options);
    await measureAll({ directory, remote, clients, options, ledger, prepare });
    print(`\n${((Date.now() - began) / 60_000).toFixed(0)} minutes`);
  } finally {
    remote.close();
  }
}

async function openLedger(
  clients: readonly Client[],
  remote: Remote,
  { json: file, resume, files }: Options,
): Promise<Ledger> {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? '?'}, Node ${process.version}`;
  const versions = clients.map(({ name, version }) => ({ name, version }));
  print(`${new Date().toISOString()}, ${machine}`);
  for (const { name, version } of versions) print(`  ${name}: ${version}`);
  const subject = { machine, versions, files };
  const ledger = await Ledger.open({
    file,
    resume,
    subject,
    measureLimit: () => measureLimit(remote),
  });
  const { requestsPerSecond, connections, standInCpu } = ledger.limit;
  print(
    `the stand-in takes ${requestsPerSecond.toFixed(0)} requests/s from ${connections} connections, ` +
      `busy for ${(standInCpu * 100).toFixed(0)} % of one processor ` +
      `(${(requestsPerSecond / standInCpu).toFixed(0)} per processor second of its own)`,
  );
  return ledger;
}

/** Files of the synthetic tree. */
const MADE_FOR = 10_000;

async function measureAll(bench: Bench): Promise<void> {
  const { ledger, options } = bench;
  const measured: Cell[] = [];
  for (const scenario of await makeScenarios(bench))
    for (const latency of latenciesOf(scenario, options)) {
      measured.push(await measureCell(bench, scenario, latency));
      const cell = lendPeers(measured).at(-1);
      if (cell) print(renderCell(cell));
    }
  const cells = lendPeers(measured);
  const verdicts = [...judge(cells), judgeLimit(cells, ledger.limit.requestsPerSecond)];
  print(renderVerdicts(verdicts));
  if (options.files !== MADE_FOR) print(`The bars are made for ${MADE_FOR} files.`);
  await ledger.write({ isWhole: true, cells, verdicts });
}

async function makeScenarios({ directory, options }: Bench): Promise<readonly Scenario[]> {
  const synthetic = await makeTree(join(directory, 'synthetic'), options.files);
  const pair = options.takes('pair') ? await findPair(directory) : undefined;
  const large = options.takes('large') ? await makeLarge(directory) : undefined;
  const hasFirst = options.takes('first');
  return listScenarios({ synthetic, pair, large }, hasFirst).filter(({ name }) =>
    options.takes(name),
  );
}

async function findPair(directory: string): Promise<Tree | undefined> {
  try {
    return await fetchPair(directory, compareTrees);
  } catch (error) {
    print(`@actual-app/web could not be fetched, and is not measured: ${String(error)}`);
    return undefined;
  }
}

function latenciesOf({ name, once, pooled }: Scenario, { latencies }: Options): readonly number[] {
  // Requests and memory are the same at any latency.
  return name === 'large' || (once && pooled === 0) ? latencies.slice(0, 1) : latencies;
}

/** Rounds in which every client has its turn, in another order each time: a busy minute is bad for all of them. */
async function measureCell(bench: Bench, scenario: Scenario, latency: number): Promise<Cell> {
  const { clients, options, ledger } = bench;
  const { name, title, pooled } = scenario;
  const cell = { scenario: name, pooled, latency };
  const taking = clients.filter(scenario.takesPart);
  const rounds = scenario.once ? 1 : options.runs;
  for (let round = 0; round < rounds; round++) {
    const walls = taking.map(
      (one) => [one, ledger.runsOf(cell, one).map(({ wall }) => wall)] as const,
    );
    const asked = taking.filter(
      (client) =>
        ledger.runsOf(cell, client).length <= round &&
        (options.everyRound || !isFarBehind(client, walls)),
    );
    for (const client of shuffle(asked)) {
      const run = await measureOne(bench, scenario, { client, latency });
      await ledger.add(cell, client, run);
      const said = `${name}, ${pooled} pooled, ${latency} ms, round ${round + 1}`;
      process.stderr.write(`${said}: ${client.name} ${run.wall.toFixed(2)} s\n`);
    }
  }
  const rows = taking.map((client) => summarise(client, ledger.runsOf(cell, client)));
  return { ...cell, title, rows };
}

/** How many times as long as ours a default takes that is not asked twice: no noise makes that good. */
const FAR_BEHIND = 3;

type Walls = readonly (readonly [client: Client, walls: readonly number[]])[];

function isFarBehind({ name, kind }: Client, walls: Walls): boolean {
  const [own] = walls.find(([one]) => one.name === name)?.[1] ?? [];
  const ours = walls.flatMap(([one, all]) => (one.kind === 'ours' ? all : []));
  const isSlow = ours.length > 0 && (own ?? 0) > FAR_BEHIND * Math.max(...ours);
  return kind === 'default' && isSlow;
}

async function measureOne(
  { remote, directory, prepare }: Bench,
  scenario: Scenario,
  { client, latency }: { readonly client: Client; readonly latency: number },
): Promise<Run> {
  await prepare(scenario);
  await remote.tell({ kind: 'latency', milliseconds: latency });
  const job = { ...scenario.publishes, endpoint: remote.endpoint };
  const run = await measureRun(client, job, { remote, log: join(directory, 'stderr') });
  return { ...run, failure: run.failure ?? checkObjects(client, run, scenario) };
}

/** A peer that is fast because it left something out is not fast. */
function checkObjects({ kind }: Client, run: Run, { tree }: Scenario): string | undefined {
  if (kind === 'ours' || kind === 'engine' || run.objects === tree.files) return undefined;
  return `${run.objects} objects are there, and should be ${tree.files}`;
}

type Stage = Pick<Bench, 'clients' | 'remote' | 'directory'>;

/** A base takes seconds to publish: what was prepared last is not prepared again. */
function rememberPrepared(stage: Stage): Bench['prepare'] {
  let last = '';
  return async (scenario) => {
    const { tree, hasBase, pooled } = scenario;
    const state = JSON.stringify([tree.name, hasBase, pooled]);
    if (state !== last) await setStage(stage, scenario);
    last = state;
  };
}

async function setStage({ clients, remote, directory }: Stage, scenario: Scenario): Promise<void> {
  const pool = { include: scenario.tree.pool, exclude: [] };
  await remote.tell({ kind: 'clear' });
  await remote.tell({ kind: 'latency', milliseconds: 0 });
  if (scenario.pooled > 0)
    await remote.tell({ kind: 'fill', prefix: `${APP}/pool/assets/`, count: scenario.pooled });
  await remote.tell({
    kind: 'put',
    key: `${APP}/settings.json`,
    text: JSON.stringify({ spa: true, pool }),
  });
  await remote.tell({ kind: 'freeze' });
  const ours = clients.find(({ kind }) => kind === 'ours');
  if (!scenario.hasBase || ours === undefined) return;
  const job = { ...baseOf(scenario), endpoint: remote.endpoint };
  const { failure } = await measureRun(ours, job, { remote, log: join(directory, 'stderr') });
  if (failure !== undefined) throw new Error(`The base of "${scenario.title}": ${failure}`);
  await remote.tell({ kind: 'freeze' });
}

function shuffle<Value>(values: readonly Value[]): readonly Value[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

const options = readOptions(process.argv.slice(2));
if (options.cli === undefined)
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
const directory = await mkdtemp(join(tmpdir(), 'headgate-bench-'));
try {
  await main(directory, options);
} finally {
  await rm(directory, { recursive: true, force: true });
}
