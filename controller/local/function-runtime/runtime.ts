import { createHash, createHmac, type BinaryLike } from 'node:crypto';
import querystring from 'node:querystring';
import vm from 'node:vm';
import type { FunctionEvent } from './event.ts';
import { InvalidOutput, readOutput, type Output } from './output.ts';
import { ABSENT, PRELUDE } from './prelude.ts';

/** A KeyValueStore as functions see it at one moment. */
export interface StoreView {
  readonly id: string;
  get(key: string): string | undefined;
  meta(): {
    readonly creationDateTime: string;
    readonly lastUpdatedDateTime: string;
    readonly keyCount: number;
  };
}

export interface FunctionInput {
  readonly code: string;
  readonly event: FunctionEvent;
  /** What `request.rawQueryString()` answers; without it, the event has no such method. */
  readonly query?: { readonly sent: string | undefined };
  readonly store: StoreView | undefined;
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
  readonly logs: readonly string[];
  /** Share of the time limit that was used, 0 to 100. */
  readonly utilization: number;
}

export interface FunctionRuntime {
  run(input: FunctionInput): FunctionRun;
}

/** Wall time of one run. CloudFront doesn't publish its limit; ours only ends endless loops, also on a busy machine. */
const LIMIT_MILLIS = 1000;
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
      try {
        return runLoaded(load(input.code), input);
      } catch (error) {
        // Interrupted half-way: the realm may be in any state.
        loaded.delete(input.code);
        return failed('execution', String(error));
      }
    },
  };
}

/** The slot through which a run and its realm exchange values. */
interface Host {
  readonly absent: readonly string[];
  readonly globals: object;
  readonly modules: object;
  load: unknown;
  now: number;
  event: string;
  query: FunctionInput['query'];
  openStore: (id: string | undefined) => StoreView;
  log: (message: string) => void;
  output: string | undefined;
  error: string | undefined;
  settled: boolean;
}

interface LoadedFunction {
  readonly host: Host;
  /** Throws when the run takes longer than the limit. */
  execute(): void;
}

function runLoaded({ host, execute }: LoadedFunction, input: FunctionInput): FunctionRun {
  const logs: string[] = [];
  host.now = input.now.getTime();
  host.event = JSON.stringify(input.event);
  host.query = input.query;
  host.openStore = (id) => openStore(input.store, id);
  host.log = (message) => void logs.push(message);
  host.output = undefined;
  host.error = undefined;
  host.settled = false;
  const started = performance.now();
  execute();
  const share = ((performance.now() - started) / LIMIT_MILLIS) * 100;
  const measured = { logs: cutLogs(logs), utilization: Math.min(100, Math.round(share)) };
  if (host.error !== undefined) return { ...failed('execution', host.error), ...measured };
  if (!host.settled) return { ...failed('execution', 'the handler never finished'), ...measured };
  try {
    return { outcome: readOutput(input.event, parseOutput(host.output)), ...measured };
  } catch (error) {
    if (!(error instanceof InvalidOutput)) throw error;
    return { ...failed('validation', error.message), ...measured };
  }
}

function loadFunction(code: string): LoadedFunction {
  const context = vm.createContext(
    {},
    { codeGeneration: { strings: false, wasm: false }, microtaskMode: 'afterEvaluate' },
  );
  const host: Host = {
    absent: ABSENT,
    globals: { Buffer, TextEncoder, TextDecoder, atob, btoa },
    modules: MODULES,
    load: undefined,
    now: 0,
    event: '',
    query: undefined,
    openStore: (id) => openStore(undefined, id),
    log: () => {},
    output: undefined,
    error: undefined,
    settled: false,
  };
  const enter = vm.runInContext(PRELUDE, context) as (host: Host) => () => void;
  const run = enter(host);
  Object.defineProperty(context, RUN, { value: run });
  host.load = wrapCode(code).runInContext(context);
  const script = new vm.Script(`${RUN}()`);
  return { host, execute: () => void script.runInContext(context, { timeout: LIMIT_MILLIS }) };
}

const RUN = '$run';
const IMPORT =
  /(?<=^|[;\n])(\s*)import\s+([\w$]+)\s+from\s*["'](cloudfront|crypto|querystring|buffer)["'];?/g;

/** A module's top level as the body of a function, so that it can be evaluated once per run. */
function wrapCode(code: string): vm.Script {
  const body = code.replaceAll(IMPORT, '$1const $2=$$import("$3");');
  // Compiled alone first: `}` in the wrong place must not end our function instead of theirs.
  const options = { filename: 'function.js' };
  const alone = new vm.Script(`"use strict";${body}`, options);
  const opening = '($import,require,console,globalThis)=>(()=>{"use strict";';
  const closing = '\nreturn typeof handler==="function"?handler:undefined})()';
  return alone && new vm.Script(opening + body + closing, options);
}

function openStore(store: StoreView | undefined, id: string | undefined): StoreView {
  if (store === undefined) throw new Error('the function has no KeyValueStore associated');
  if (id === undefined || id === store.id) return store;
  throw new Error(`the KeyValueStore ${id} is not associated with the function`);
}

function failed(by: 'execution' | 'validation', message: string): FunctionRun {
  return { outcome: { kind: 'failed', by, message }, logs: [], utilization: 0 };
}

function parseOutput(output: string | undefined): unknown {
  return output === undefined ? undefined : JSON.parse(output);
}

function cutLogs(logs: readonly string[]): readonly string[] {
  let left = LOG_BYTES_LIMIT;
  return logs.filter((line) => (left -= Buffer.byteLength(line)) >= 0);
}

const DIGESTS = ['md5', 'sha1', 'sha256'];

const MODULES = {
  querystring,
  buffer: { Buffer },
  crypto: {
    createHash: (name: string) => createHash(knownDigest(name)),
    createHmac: (name: string, key: BinaryLike) => createHmac(knownDigest(name), key),
  },
};

function knownDigest(name: string): string {
  if (DIGESTS.includes(name)) return name;
  throw new TypeError(`unknown digest ${name}; there are ${DIGESTS.join(', ')}`);
}
