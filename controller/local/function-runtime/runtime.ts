import v8 from 'node:v8';
import type { EventRequest, FunctionEvent } from './event.ts';
import { readOriginChange, type OriginChange } from './origin-change.ts';
import { InvalidOutput, readOutput, type Output } from './output.ts';
import { loadFunction, openStore, type LoadedFunction, type StoreView } from './realm.ts';

/** What a function may choose from when it changes the origin. */
export interface OriginChoice {
  /** Of the distribution. */
  readonly ids: ReadonlySet<string>;
  /** Throws InvalidOutput when that origin can't be asked. */
  check(change: OriginChange, request: EventRequest): void;
}

export interface FunctionInput {
  readonly code: string;
  readonly event: FunctionEvent;
  /** What `request.rawQueryString()` answers; without it, the event has no such method. */
  readonly query?: { readonly sent: string | undefined };
  readonly store: StoreView | undefined;
  /** Undefined in a test: there is no distribution, and nobody looks at the change. */
  readonly origins?: OriginChoice;
  readonly now: Date;
}

export interface FunctionRun {
  /** `failed` by `execution` is a 503 on CloudFront, by `validation` a 502. */
  readonly outcome:
    | Output
    | {
        readonly kind: 'failed';
        readonly by: 'execution' | 'validation';
        readonly message: string;
      };
  /** Of a request that goes on, where it goes to instead. */
  readonly origin: OriginChange | undefined;
  readonly logs: readonly string[];
  readonly meter: FunctionMeter;
}

/** What one run used. */
export interface FunctionMeter {
  /** Of a processor. */
  readonly millis: number;
  /** `millis` as a share of what is taken for CloudFront's maximum, 0 to 100. */
  readonly utilization: number;
  /** What the run allocated: more than it ever held at once, unless garbage was collected meanwhile. */
  readonly allocatedBytes: number;
}

export interface FunctionRuntime {
  run(input: FunctionInput): FunctionRun;
}

/** CloudFront doesn't publish its maximum; a run of this long is 100 % here. */
const FULL_UTILIZATION_MILLIS = 10;
const LOG_BYTES_LIMIT = 10_240;
const LOADED_LIMIT = 50;

/**
 * Runs CloudFront Functions code (runtime 2.0). A version of the code is compiled once, and its
 * top level is evaluated again for every run, so no variable outlives a request.
 */
export function createFunctionRuntime(): FunctionRuntime {
  const loaded = new Map<string, LoadedFunction>();
  const load = (code: string): LoadedFunction => {
    const known = loaded.get(code);
    if (known !== undefined) return known;
    const fresh = loadFunction(code);
    loaded.set(code, fresh);
    const [oldest] = loaded.keys();
    if (loaded.size > LOADED_LIMIT && oldest !== undefined) loaded.delete(oldest);
    return fresh;
  };
  return {
    run(input) {
      const measure = startMeter();
      try {
        return runLoaded(load(input.code), input);
      } catch (error) {
        // Interrupted half-way: the realm may be in any state.
        loaded.delete(input.code);
        const outcome = failed('execution', String(error));
        return { outcome, origin: undefined, logs: [], meter: measure() };
      }
    },
  };
}

function runLoaded({ host, execute }: LoadedFunction, input: FunctionInput): FunctionRun {
  const logs: string[] = [];
  let change: OriginChange | undefined;
  host.now = input.now.getTime();
  host.event = JSON.stringify(input.event);
  host.query = input.query;
  host.openStore = (id) => openStore(input.store, id);
  host.log = (message) => void logs.push(message);
  host.changeOrigin = (helper, args) => {
    const { eventType } = input.event.context;
    const context = { eventType, originIds: input.origins?.ids };
    try {
      change = readOriginChange(helper, JSON.parse(args), context);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  host.output = undefined;
  host.error = undefined;
  host.settled = false;
  const measure = startMeter();
  execute();
  const measured = { origin: undefined, logs: cutLogs(logs), meter: measure() };
  if (host.error !== undefined) return { ...measured, outcome: failed('execution', host.error) };
  if (!host.settled) {
    return { ...measured, outcome: failed('execution', 'the handler never finished') };
  }
  try {
    const outcome = readOutput(input.event, parseOutput(host.output));
    if (outcome.kind === 'response' || change === undefined) return { ...measured, outcome };
    input.origins?.check(change, outcome.request);
    return { ...measured, outcome, origin: change };
  } catch (error) {
    if (!(error instanceof InvalidOutput)) throw error;
    return { ...measured, outcome: failed('validation', error.message) };
  }
}

function startMeter(): () => FunctionMeter {
  const bytes = usedBytes();
  const cpu = process.cpuUsage();
  const started = performance.now();
  return () => {
    // Neither waiting for a processor nor the work of other threads is the function's.
    const { user, system } = process.cpuUsage(cpu);
    const millis = Math.min(performance.now() - started, (user + system) / 1000);
    return {
      millis,
      utilization: Math.min(100, Math.round((millis / FULL_UTILIZATION_MILLIS) * 100)),
      allocatedBytes: Math.max(0, usedBytes() - bytes),
    };
  };
}

function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = v8.getHeapStatistics();
  return heap + external;
}

function failed(by: 'execution' | 'validation', message: string) {
  return { kind: 'failed', by, message } as const;
}

function parseOutput(output: string | undefined): unknown {
  return output === undefined ? undefined : JSON.parse(output);
}

function cutLogs(logs: readonly string[]): readonly string[] {
  let left = LOG_BYTES_LIMIT;
  return logs.filter((line) => (left -= Buffer.byteLength(line)) >= 0);
}
