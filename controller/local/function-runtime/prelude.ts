/**
 * The part of the runtime that lives inside the function's own realm. It has to: promises only
 * settle within the run when they were made there, and the event must have that realm's
 * prototypes. `host` is the other side: one mutable slot per loaded function, see runtime.ts.
 */
export const PRELUDE = `(function (host) {
  'use strict';
  const RealDate = Date;
  const hasOwn = Object.hasOwn;
  // The clock stands still for the whole run.
  const FrozenDate = new Proxy(RealDate, (function () {
    const construct = Reflect.construct;
    return {
      construct: (target, parts) => construct(target, parts.length === 0 ? [host.now] : parts),
      apply: () => new RealDate(host.now).toString(),
      get: (target, name) => (name === 'now' ? () => host.now : target[name]),
    };
  })());
  RealDate.prototype.constructor = FrozenDate;
  globalThis.Date = FrozenDate;
  Object.assign(globalThis, host.globals);
  // What runtime 2.0 doesn't list is gone, so that code that works here works there.
  for (const path of host.absent) {
    const names = path.split('.');
    const name = names.pop();
    delete names.reduce((owner, part) => owner[part], globalThis)[name];
  }

  function openStore(id) {
    const store = host.openStore(id);
    return {
      async get(key, options) {
        const value = store.get(key);
        if (value === undefined) throw new Error('KeyNotFound: ' + key);
        const format = (options && options.format) || 'string';
        if (format === 'json') return JSON.parse(value);
        if (format === 'bytes') return Buffer.from(value);
        if (format === 'string') return value;
        throw new TypeError('unknown format ' + format);
      },
      exists: async (key) => store.get(key) !== undefined,
      meta: async () => JSON.parse(JSON.stringify(store.meta())),
    };
  }

  const cloudfront = { kvs: openStore };
  for (const helper of host.originHelpers) {
    cloudfront[helper] = (...parts) => {
      const problem = host.changeOrigin(helper, JSON.stringify(parts));
      if (problem !== undefined) throw new Error(problem);
    };
  }

  function require(name) {
    if (!hasOwn(host.modules, name)) throw new Error('Cannot find module "' + name + '"');
    return host.modules[name];
  }
  const importModule = (name) => (name === 'cloudfront' ? cloudfront : require(name));
  // One argument, as on CloudFront: the rest is dropped.
  const console = { log: (message) => host.log(typeof message === 'string' ? message : JSON.stringify(message)) };

  return function run() {
    (async function () {
      const handler = host.load(importModule, require, console, Object.create(globalThis));
      if (typeof handler !== 'function') throw new Error('the code defines no function "handler"');
      const event = JSON.parse(host.event);
      const query = host.query;
      if (query) event.request.rawQueryString = () => query.sent;
      host.output = JSON.stringify(await handler(event));
      host.settled = true;
    })().catch(function (error) {
      host.error = String(error);
      host.settled = true;
    });
  };
})`;

/** Own names of the realm that CloudFront Functions runtime 2.0 doesn't have. */
export const ABSENT: readonly string[] = `
  Map Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect BigInt BigInt64Array
  BigUint64Array Intl WebAssembly SharedArrayBuffer Atomics Object.fromEntries Object.hasOwn
  Array.from Array.prototype.at Array.prototype.flat Array.prototype.flatMap
  Array.prototype.findLast Array.prototype.findLastIndex Array.prototype.toSorted
  Array.prototype.toReversed Array.prototype.toSpliced Array.prototype.with
  String.prototype.at String.prototype.matchAll`
  .trim()
  .split(/\s+/);
