import type { FunctionVersion } from '../lambda/function.ts';
import type { LambdaFunctions } from '../lambda/function-store.ts';
import { readEntrySource } from '../lambda/input.ts';
import { startEnvironment, type Environment, type Task, type TaskResult } from './environment.ts';

export interface LambdaRuntimeOptions {
  readonly functions: Pick<LambdaFunctions, 'readArchive'>;
  /** Where the code runs: its `AWS_REGION`. */
  readonly region: string;
  /** What an SDK in the code needs to speak to this cloud: `AWS_ENDPOINT_URL` and the credentials. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

export interface Invocation {
  readonly arn: string;
  readonly version: FunctionVersion;
  readonly event: unknown;
  readonly requestId: string;
  readonly limitSeconds: number;
}

/** Runs numbered versions of Lambda functions. */
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
      const pool = pools.get(invocation.arn) ?? { idle: [], waiting: [], size: 0 };
      pools.set(invocation.arn, pool);
      const environment = await borrow(pool, () => start(invocation));
      const result = await environment.run(taskOf(invocation));
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

function startFor(options: LambdaRuntimeOptions, { arn, version }: Invocation): Environment {
  const { functions, region, environment, log } = options;
  return startEnvironment({
    source: readEntrySource(functions.readArchive(version)),
    log: (line) => log(`${arn} ${line}`),
    variables: {
      ...environment,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_LAMBDA_FUNCTION_NAME: nameReplica(arn),
      AWS_LAMBDA_FUNCTION_VERSION: version.version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMegabytes),
      LAMBDA_TASK_ROOT: '/var/task',
    },
  });
}

function taskOf({ arn, version, event, requestId, limitSeconds }: Invocation): Task {
  return {
    event,
    limitMillis: Math.min(version.timeoutSeconds, limitSeconds) * 1000,
    context: {
      functionName: nameReplica(arn),
      functionVersion: version.version,
      invokedFunctionArn: arn,
      memoryLimitInMB: String(version.memoryMegabytes),
      awsRequestId: requestId,
    },
  };
}

/** At the edge a function is named after the region it was copied from: `us-east-1.shop`. */
function nameReplica(arn: string): string {
  const [, , , region, , , name] = arn.split(':');
  return `${region}.${name}`;
}
