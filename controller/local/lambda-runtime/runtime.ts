import type { FunctionVersion } from '../lambda/function.ts';
import type { LambdaFunctions } from '../lambda/function-store.ts';
import { readCode } from '../lambda/input.ts';
import { startEnvironment, type Environment, type Task, type TaskResult } from './environment.ts';
import { chooseLogPlace, composeRunLog, type LogPlace } from './run-log.ts';

export interface LambdaRuntimeOptions {
  readonly functions: Pick<LambdaFunctions, 'readArchive'>;
  /** Where the edge runs its copies: their `AWS_REGION`. */
  readonly edgeRegion: string;
  /** What an SDK in the code needs to speak to this cloud: `AWS_ENDPOINT_URL` and the credentials. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** The credentials of the role that a function runs in; none: those of `environment`. */
  readonly startFunction?: (role: string, functionName: string) => Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  /** Gets every run, for the function's metrics. */
  readonly ran?: ((run: LambdaRun) => void) | undefined;
  /** Gets the log of every run, when it is over. */
  readonly logged?: ((place: LogPlace, entries: readonly string[]) => void) | undefined;
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

/** A result with the whole log of the run. */
export type RunResult = TaskResult & { readonly log: readonly string[] };

/** Runs versions of Lambda functions. */
export interface LambdaRuntime {
  invoke(invocation: Invocation): Promise<RunResult>;
  close(): Promise<void>;
}

/** Environments of one version, one event each at a time. Beyond this many, events wait. */
const ENVIRONMENTS_LIMIT = 4;
/** An environment that had nothing to do for this long may go. */
const IDLE_LIMIT_MILLIS = 10 * 60_000;

type Placed = Environment & { readonly place: LogPlace };

interface Pool {
  readonly idle: { readonly environment: Placed; readonly since: number }[];
  readonly waiting: ((environment: Placed) => void)[];
  size: number;
}

export function createLambdaRuntime(options: LambdaRuntimeOptions): LambdaRuntime {
  const pools = new Map<string, Pool>();
  const all = new Set<Placed>();
  const start = (invocation: Invocation) => {
    const environment = startFor(options, invocation);
    all.add(environment);
    return environment;
  };
  const stop = async (environment: Placed) => {
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
      const result = await environment.run(taskOf(options, invocation, environment.place));
      const log = report(options, invocation, {
        result,
        millis: performance.now() - started,
        place: environment.place,
      });
      if (environment.isBroken()) {
        void stop(environment);
        replace(pool, () => start(invocation));
      } else giveBack(pool, environment);
      for (const old of takeIdle(pools.values())) void stop(old);
      return { ...result, log };
    },
    async close() {
      for (const pool of pools.values()) pool.waiting.length = 0;
      await Promise.all([...all].map(stop));
    },
  };
}

function report(
  options: LambdaRuntimeOptions,
  invocation: Invocation,
  run: { readonly result: TaskResult; readonly millis: number; readonly place: LogPlace },
): readonly string[] {
  const { requestId, version } = invocation;
  const { result, millis, place } = run;
  options.ran?.({ ...placeOf(options, invocation), millis, isFailed: result.kind === 'failed' });
  const { version: number, memoryMegabytes } = version;
  const about = { requestId, version: number, memoryMegabytes, millis, result, now: new Date() };
  const entries = composeRunLog(about);
  options.logged?.(place, entries);
  return entries;
}

async function borrow(pool: Pool, start: () => Placed): Promise<Placed> {
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

function giveBack(pool: Pool, environment: Placed): void {
  const next = pool.waiting.shift();
  if (next === undefined) pool.idle.push({ environment, since: performance.now() });
  else next(environment);
}

/** One is gone; whoever waits for it gets a new one. */
function replace(pool: Pool, start: () => Placed): void {
  const next = pool.waiting.shift();
  if (next === undefined) pool.size -= 1;
  else next(start());
}

function takeIdle(pools: Iterable<Pool>): readonly Placed[] {
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

function startFor(options: LambdaRuntimeOptions, invocation: Invocation): Placed {
  const { functions, environment, log } = options;
  const { arn, version } = invocation;
  const named = placeOf(options, invocation);
  const place = chooseLogPlace(named, version.version, new Date());
  const { name, region } = named;
  const started = startEnvironment({
    code: readCode(functions.readArchive(version)),
    log: (entry) => log(`${arn} ${entry}`),
    variables: {
      ...environment(),
      // The role's credentials always have one on AWS, and signers must send it along.
      AWS_SESSION_TOKEN: 'local',
      ...options.startFunction?.(version.role, name),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${version.runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: version.version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMegabytes),
      AWS_LAMBDA_LOG_GROUP_NAME: place.group,
      AWS_LAMBDA_LOG_STREAM_NAME: place.stream,
      LAMBDA_TASK_ROOT: '/var/task',
      ...version.environment,
    },
  });
  return { ...started, place };
}

function taskOf(options: LambdaRuntimeOptions, invocation: Invocation, place: LogPlace): Task {
  const { arn, version, event, requestId, edgeLimitSeconds = Infinity } = invocation;
  return {
    event,
    limitMillis: Math.min(version.timeoutSeconds, edgeLimitSeconds) * 1000,
    context: {
      functionName: placeOf(options, invocation).name,
      functionVersion: version.version,
      invokedFunctionArn: arn,
      memoryLimitInMB: String(version.memoryMegabytes),
      logGroupName: place.group,
      logStreamName: place.stream,
      awsRequestId: requestId,
    },
  };
}
