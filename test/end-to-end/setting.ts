import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, type CloudOptions, startCloud } from '../../controller/local/cloud.ts';
import { type Clients, createClients } from '../../controller/local/demo/clients.ts';
import { createAccount } from './by-hand/account.ts';
import { type Hook, type Result, runCommand } from './command.ts';
import {
  ALARM,
  BUCKET,
  HOSTS,
  REGION,
  STORE,
  type Distributions,
  type Policy,
  writePolicy,
} from './policy.ts';

/** Build numbers: A is good, B is the next one. */
export const A = '1041';
export const B = '1042';

export interface RunOptions {
  /** Stands in `policies/` of the directory that the command runs in. */
  readonly policy?: Policy;
  /** On top of what the cloud needs; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly hook?: Hook;
}

/** An account with builds in it, and commands that run against it as processes of their own. */
export interface Setting {
  readonly directory: string;
  readonly cloud: Cloud;
  /** Of the cloud. */
  readonly speed: number;
  readonly clients: Clients;
  readonly distributions: Distributions;
  run(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** The same account in the same state, from now on apart. Closed with this one. */
  fork(options?: Partial<CloudOptions>): Promise<Setting>;
  close(): Promise<void>;
}

interface Base {
  readonly directory: string;
  readonly cloud: Cloud;
  readonly speed: number;
  readonly clients: Clients;
}

/** Sets the account up and publishes the builds. Nothing is released yet. */
export async function createSetting(
  builds: readonly string[],
  options: Partial<CloudOptions> = {},
): Promise<Setting> {
  const base = await openBase(undefined, options);
  const [staging = '', prod = ''] = await createAccount(base.clients, {
    app: 'shop',
    bucket: BUCKET,
    buckets: [BUCKET],
    stores: [STORE],
    alarms: [ALARM],
    distributions: (['staging', 'prod'] as const).map((environment) => ({
      environment,
      region: REGION,
      hosts: [HOSTS[environment]],
      pool: { include: ['/assets/*'], exclude: [] },
    })),
  });
  await Promise.all(builds.map((build) => publishBuild(base, build)));
  return createOn(base, { staging, prod });
}

/** An account without anything in it. */
export async function createEmptySetting(options: Partial<CloudOptions> = {}): Promise<Setting> {
  return createOn(await openBase(undefined, options), { staging: '', prod: '' });
}

/** A cloud in a directory of its own, with the state of another one if that is given. */
async function openBase(
  original: string | undefined,
  options: Partial<CloudOptions> = {},
): Promise<Base> {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-end-to-end-'));
  const state = join(directory, 'cloud');
  if (original !== undefined) await cp(join(original, 'cloud'), state, { recursive: true });
  // Nothing here is about waiting: the edge sees every write at once.
  const { speed = 100 } = options;
  const cloud = await startCloud({
    directory: state,
    speed,
    propagationSeconds: 0,
    ...options,
  });
  return { directory, cloud, speed, clients: await createClients(cloud.environment) };
}

function createOn(base: Base, distributions: Distributions): Setting {
  const { directory, cloud, speed, clients } = base;
  const forks: Setting[] = [];
  let isClosed = false;
  return {
    directory,
    cloud,
    speed,
    clients,
    distributions,
    run: (args, options = {}) => run(base, args, options),
    async fork(options) {
      const forked = createOn(await openBase(directory, options), distributions);
      forks.push(forked);
      return forked;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.all(forks.map((forked) => forked.close()));
      for (const client of Object.values(clients) as { destroy(): void }[]) client.destroy();
      await cloud.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function run(
  { directory, cloud }: Base,
  args: readonly string[],
  { policy, env, hook }: RunOptions,
): Promise<Result> {
  const place = policy === undefined ? directory : await mkdtemp(join(directory, 'run-'));
  if (policy !== undefined) await writePolicy(place, policy);
  const environment = {
    PATH: process.env['PATH'],
    // Nobody's own account, profile or git may leak into the tests.
    HOME: directory,
    GITHUB_ACTOR: 'tester',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...cloud.environment,
    ...env,
  };
  return runCommand(args, { directory: place, environment, endpoint: cloud.endpoint, hook });
}

async function publishBuild(base: Base, build: string): Promise<void> {
  const directory = join(base.directory, `build-${build}`);
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(join(directory, 'index.html'), `<script src="/assets/app-${build}.js"></script>`);
  await writeFile(join(directory, 'assets', `app-${build}.js`), `console.log(${build});`);
  const place = ['--bucket', BUCKET, '--app', 'shop', '--build', build];
  const { code, stderr } = await run(base, ['publish', directory, ...place], {});
  if (code !== 0) throw new Error(`publish ${build} ended with ${code}: ${stderr}`);
}
