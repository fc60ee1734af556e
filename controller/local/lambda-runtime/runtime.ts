import type { FunctionVersion } from '../lambda/function.ts';
import type { LambdaFunctions } from '../lambda/function-store.ts';
import { readEntrySource } from '../lambda/input.ts';
import { startEnvironment, type Environment, type Task, type TaskResult } from './environment.ts';

export interface LambdaRuntimeOptions {
  readonly functions: Pick<LambdaFunctions, 'readArchive'>;
  /** Where the edge runs its copies: their `AWS_REGION`. */
  readonly edgeRegion: string;
  /** What an SDK in the code needs to speak to this cloud: `AWS_ENDPOINT_URL` and the credentials. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  /** Gets every run, for the function's metrics. */
  readonly ran?: ((run: LambdaRun) => void) | undefined;
}

/** One run, under the name and in the region that its metrics have. */
export interface LambdaRun {
  readonly name: string;
  readonly region: string;
  readonly millis: number;
  readonly isFailed: boolean;
}

export interface Invocation {
  readonly arn: string;
  readonly version: FunctionVersion;
  readonly event: unknown;
  readonly requestId: string;
  /** At the edge, in a copy: the limit of its event type. Else in the function's own region. */
  readonly edgeLimitSeconds?: number;
}

/** Runs versions of Lambda functions. */
export interface LambdaRuntime {
  invoke(invocation: Invocation): Promise<TaskResult>;
  close(): Promise<void>;
}

/** Environments of one version, one event each at a time. Beyond this many, events wait. */
const ENVIRONMENTS_LIMIT = 4;
/** An environment that had nothing to do for this long may go. */
const IDLE_LIMIT_MILLIS = 10 * 60_000;

interface Pool {
  readonly idle: { readonly environment: Environment; readonly since: number }[];
  readonly waiting: ((environment: Environment) => void)[];
  size: number;
}

export function createLambdaRuntime(options: LambdaRuntimeOptions): LambdaRuntime {
  const pools = new Map<string, Pool>();
  const all = new Set<Environment>();
  const start = (invocation: Invocation) => {
    const environment = startFor(options, invocation);
    all.add(environment);
    return environment;
  };
  const stop = async (environment: Environment) => {
    all.delete(environment);
    await environment.close();
  };
  return {
    async invoke(invocation) {
      const key = keyOf(invocation);
      const pool = pools.get(key) ?? { idle: [], waiting: [], size: 0 };
      pools.set(key, pool);
      const environment = await borrow(pool, () => start(invocation));
      const started = performance.now();
      const result = await environment.run(taskOf(options, invocation));
      const millis = performance.now() - started;
      const run = { ...placeOf(options, invocation), millis, isFailed: result.kind === 'failed' };
      options.ran?.(run);
      if (environment.isBroken()) {
        void stop(environment);
        replace(pool, () => start(invocation));
      } else giveBack(pool, environment);
      for (const old of takeIdle(pools.values())) void stop(old);
      return result;
    },
    async close() {
      for (const pool of pools.values()) pool.waiting.length = 0;
      await Promise.all([...all].map(stop));
    },
  };
}

async function borrow(pool: Pool, start: () => Environment): Promise<Environment> {
  // The one used last: what it keeps in memory is the freshest.
  for (let idle = pool.idle.pop(); idle !== undefined; idle = pool.idle.pop()) {
    if (!idle.environment.isBroken()) return idle.environment;
    pool.size -= 1;
  }
  if (pool.size === ENVIRONMENTS_LIMIT) {
    return await new Promise((resolve) => pool.waiting.push(resolve));
  }
  pool.size += 1;
  return start();
}

function giveBack(pool: Pool, environment: Environment): void {
  const next = pool.waiting.shift();
  if (next === undefined) pool.idle.push({ environment, since: performance.now() });
  else next(environment);
}

/** One is gone; whoever waits for it gets a new one. */
function replace(pool: Pool, start: () => Environment): void {
  const next = pool.waiting.shift();
  if (next === undefined) pool.size -= 1;
  else next(start());
}

function takeIdle(pools: Iterable<Pool>): readonly Environment[] {
  const horizon = performance.now() - IDLE_LIMIT_MILLIS;
  return [...pools].flatMap((pool) => {
    const count = pool.idle.findIndex(({ since }) => since > horizon);
    const old = pool.idle.splice(0, count < 0 ? pool.idle.length : count);
    pool.size -= old.length;
    return old.map(({ environment }) => environment);
  });
}

/** Other code under the same name, as after DeleteFunction and CreateFunction, is not the same. */
function keyOf({ arn, version, edgeLimitSeconds }: Invocation): string {
  return `${arn} ${version.revisionId} ${edgeLimitSeconds === undefined ? 'region' : 'edge'}`;
}

/** At the edge a function is named after the region it was copied from: `us-east-1.shop`. */
function placeOf(
  { edgeRegion }: LambdaRuntimeOptions,
  { arn, edgeLimitSeconds }: Invocation,
): { readonly name: string; readonly region: string } {
  const [, , , region = '', , , name = ''] = arn.split(':');
  return edgeLimitSeconds === undefined
    ? { name, region }
    : { name: `${region}.${name}`, region: edgeRegion };
}

function startFor(options: LambdaRuntimeOptions, invocation: Invocation): Environment {
  const { functions, environment, log } = options;
  const { arn, version } = invocation;
  const { name, region } = placeOf(options, invocation);
  return startEnvironment({
    source: readEntrySource(functions.readArchive(version)),
    log: (line) => log(`${arn} ${line}`),
    variables: {
      ...environment(),
      // The role's credentials always have one on AWS, and signers must send it along.
      AWS_SESSION_TOKEN: 'local',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: version.version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMegabytes),
      LAMBDA_TASK_ROOT: '/var/task',
      ...version.environment,
    },
  });
}

function taskOf(options: LambdaRuntimeOptions, invocation: Invocation): Task {
  const { arn, version, event, requestId, edgeLimitSeconds = Infinity } = invocation;
  return {
    event,
    limitMillis: Math.min(version.timeoutSeconds, edgeLimitSeconds) * 1000,
    context: {
      functionName: placeOf(options, invocation).name,
      functionVersion: version.version,
      invokedFunctionArn: arn,
      memoryLimitInMB: String(version.memoryMegabytes),
      awsRequestId: requestId,
    },
  };
}
