import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Arguments, Command } from '../commands/command.ts';
import { EXIT, type ExitCode, UsageError } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';
import type { Terminal } from '../ports/terminal.ts';
import { type Cloud, startCloud } from './cloud.ts';
import type { Scene } from './demo/scene.ts';
import { readUpOptions, type UpOptions } from './up-options.ts';

export const up: Command = {
  name: 'up',
  summary: 'Start a cloud on this machine: an AWS endpoint and an edge',
  help: `headgate up [--directory <dir>] [options]
headgate up --demo [--exit] [--layout tree] [--builds <dirA> <dirB> <dirC>]
            [options]

Starts an AWS endpoint (S3, SSM, CloudFront, KeyValueStore, CloudWatch and its
Logs, EventBridge, Lambda, DynamoDB, IAM, STS, CloudFormation) and an edge that
serves what is configured through it, prints the lines that point any AWS client
to it, and stays until Ctrl-C. It starts empty: no bucket, no distribution.

  --directory <dir>        where its state is kept (default: .headgate/cloud)
  --port <n>               of the endpoint (default: 4580, --demo: any free one)
  --edge-port <n>          of the edge (default: 4581, --demo: any free one)
  --speed <n>              divides all durations (default: 1, --demo: 200)
  --propagation <seconds>  how far the edge is behind the KeyValueStore, before
                           --speed (default: 5)
  --edge-region <region>   where Lambda@Edge functions run (default: us-east-1)

--demo plays the whole story on a fresh cloud: three builds, a canary, a
preview, an alarm, the rollback, the repair. Each step is verified. Its own
policies' durations are divided by --speed, too.

  --exit                   end with the story, even on a terminal
  --builds <A> <B> <C>     three built versions of your own app, B the bad one;
                           the errors are made up then, because nobody knows
                           what your app's checkout is
  --layout tree            each build complete below its own prefix, without a
                           pool (default: pool)

Exit codes: 0 ended by Ctrl-C, or the story came out; 1 a step of the story
failed; 2 the arguments are wrong, or a port is taken; 130 Ctrl-C in the
middle of the story.`,
  options: {
    demo: { type: 'boolean' },
    exit: { type: 'boolean' },
    builds: { type: 'boolean' },
    layout: { type: 'string' },
    directory: { type: 'string' },
    port: { type: 'string' },
    'edge-port': { type: 'string' },
    speed: { type: 'string' },
    propagation: { type: 'string' },
    'edge-region': { type: 'string' },
  },
  allowPositionals: true,
  run: runUp,
};

async function runUp(args: Arguments, { terminal }: Context): Promise<ExitCode> {
  const options = readUpOptions(args);
  const interrupted = waitForSignal();
  if (!options.demo) {
    const cloud = await start(options, options.directory, (line) => terminal.note(line));
    terminal.print(describeCloud(cloud, options));
    await interrupted;
    await cloud.close();
    return EXIT.done;
  }
  const directory = await mkdtemp(join(tmpdir(), 'headgate-demo-'));
  const cloud = await start(options, join(directory, 'cloud'), () => {});
  try {
    const stay = terminal.interactive && !options.exit;
    return await playDemo({ terminal, options, cloud, directory, interrupted, stay });
  } finally {
    await cloud.close();
    await rm(directory, { recursive: true });
  }
}

interface Demo {
  readonly terminal: Terminal;
  readonly options: UpOptions;
  readonly cloud: Cloud;
  readonly directory: string;
  readonly interrupted: Promise<void>;
  readonly stay: boolean;
}

async function playDemo(demo: Demo): Promise<ExitCode> {
  const { terminal, options, cloud, interrupted, stay } = demo;
  terminal.print(describeCloud(cloud, options));
  const scene = await playUntil(interrupted, demo);
  if (scene === 'interrupted') {
    terminal.note('Interrupted in the middle of the story.');
    return EXIT.interrupted;
  }
  if (!scene) return EXIT.ourBug;
  if (stay) {
    const { host, directory: policies } = scene.policies;
    const { port } = new URL(cloud.edgeUrl);
    terminal.print(
      `\nIt stays up until Ctrl-C. The shop: http://${host}:${port}/\n` +
        `To go on by yourself, in another terminal:\n\n${renderExports(cloud)}\n` +
        `node ${relative('', String(process.argv[1]))} status --policies ${policies}`,
    );
    await interrupted;
  }
  return EXIT.done;
}

/** Nothing of the story is left when it returns, so that the cloud can be closed under it. */
async function playUntil(
  interrupted: Promise<void>,
  { terminal, options, cloud, directory }: Demo,
): Promise<Scene | undefined | 'interrupted'> {
  const { playStory } = await import('./demo/story.ts');
  const { speed, builds, layout } = options;
  const cli = [...process.execArgv, String(process.argv[1])];
  const stop = new AbortController();
  void interrupted.then(() => stop.abort());
  const { signal } = stop;
  const say = (line: string) => {
    // The story ends where it would say the next line; a command of it that runs is ended at once.
    signal.throwIfAborted();
    terminal.print(line);
  };
  try {
    return await playStory(say, { cloud, cli, directory, speed, builds, layout, signal });
  } catch (error) {
    if (signal.aborted) return 'interrupted';
    throw error;
  }
}

async function start(
  options: UpOptions,
  directory: string,
  log: (line: string) => void,
): Promise<Cloud> {
  const { port, edgePort, speed, propagationSeconds, edgeRegion } = options;
  const settings = { port, edgePort, speed, propagationSeconds, edgeRegion };
  try {
    return await startCloud({ directory, log, ...settings });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    throw new UsageError(
      `A port is taken: ${cause.message}.`,
      'Stop what uses it, or choose others with --port and --edge-port (0: any free port).',
      { cause },
    );
  }
}

function describeCloud(cloud: Cloud, options: UpOptions): string {
  const { speed, propagationSeconds, edgeRegion } = options;
  const seconds = Number((propagationSeconds / speed).toFixed(3));
  return (
    `${renderExports(cloud)}\n` +
    `# Edge: ${cloud.edgeUrl} - each host's distribution answers there, ${seconds} s behind the KeyValueStore;\n` +
    `# Lambda@Edge functions run in ${edgeRegion}.\n` +
    `# Speed ${speed}: ${speed === 1 ? 'real time' : `durations are divided by ${speed}`}.`
  );
}

/** The last is Headgate's own: no name of a host leads to this machine. */
function renderExports({ environment, edgeUrl }: Cloud): string {
  return Object.entries({ ...environment, HEADGATE_EDGE_ENDPOINT: edgeUrl })
    .map(([name, value]) => `export ${name}=${value}`)
    .join('\n');
}

function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
