import { createHash, createHmac, type BinaryLike } from 'node:crypto';
import querystring from 'node:querystring';
import vm from 'node:vm';
import { ORIGIN_HELPERS, type OriginHelper } from './origin-change.ts';
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

/** Wall time of one run. CloudFront doesn't publish its limit; ours only ends endless loops, also on a busy machine. */
const LIMIT_MILLIS = 1000;

/** The slot through which a run and its realm exchange values. */
export interface Host {
  readonly absent: readonly string[];
  readonly originHelpers: readonly OriginHelper[];
  readonly globals: object;
  readonly modules: object;
  load: unknown;
  now: number;
  event: string;
  query: { readonly sent: string | undefined } | undefined;
  openStore: (id: string | undefined) => StoreView;
  log: (message: string) => void;
  /** Takes the arguments as JSON; what it answers is thrown in the function. */
  changeOrigin: (helper: OriginHelper, args: string) => string | undefined;
  output: string | undefined;
  error: string | undefined;
  settled: boolean;
}

export interface LoadedFunction {
  readonly host: Host;
  /** Throws when the run takes longer than the limit. */
  execute(): void;
}

/** Compiles a version of the code, in a realm of its own. */
export function loadFunction(code: string): LoadedFunction {
  const context = vm.createContext(
    {},
    { codeGeneration: { strings: false, wasm: false }, microtaskMode: 'afterEvaluate' },
  );
  const host: Host = {
    absent: ABSENT,
    originHelpers: ORIGIN_HELPERS,
    globals: { Buffer, TextEncoder, TextDecoder, atob, btoa },
    modules: MODULES,
    load: undefined,
    now: 0,
    event: '',
    query: undefined,
    openStore: (id) => openStore(undefined, id),
    log: () => {},
    changeOrigin: () => 'outside a run',
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

export function openStore(store: StoreView | undefined, id: string | undefined): StoreView {
  if (store === undefined) throw new Error('the function has no KeyValueStore associated');
  if (id === undefined || id === store.id) return store;
  throw new Error(`the KeyValueStore ${id} is not associated with the function`);
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
