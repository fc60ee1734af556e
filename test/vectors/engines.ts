import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import vm from 'node:vm';

/**
 * Runs a function's published code with a driver behind it, which sets `globalThis.main`: an async
 * function from the input to JSON text. Drivers are also run by njs: no `await` in call arguments.
 */
export type Engine = (code: string, driver: string, input: unknown) => Promise<unknown>;

/** node:vm has no modules without a flag: the import becomes a constant, the rest is untouched. */
export const runInVm: Engine = async (code, driver, input) => {
  const script = code.replaceAll(/import ([\w$]+) from"(cloudfront|crypto)";/g, 'const $1=$2;');
  const globals = { input: JSON.stringify(input), crypto: { createHmac }, console: {} };
  const context = vm.createContext(globals);
  vm.runInContext(`globalThis.cloudfront=${cloudfront};`, context);
  vm.runInContext(`'use strict';${script}\n${driver}`, context);
  const result: unknown = await vm.runInContext('main(JSON.parse(input))', context);
  return JSON.parse(String(result));
};

/** The artefact's own bytes, the driver appended. One process for a whole batch. */
const runInNjs: Engine = async (code, driver, input) => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-njs-'));
  try {
    // njs finds the module `cloudfront` by exactly this file name.
    writeFileSync(join(folder, 'cloudfront'), `export default ${cloudfront};`);
    writeFileSync(join(folder, 'input.json'), JSON.stringify(input));
    writeFileSync(join(folder, 'function.js'), `${code}\n${driver}\n${njsMain}`);
    execFileSync('njs', ['function.js'], { cwd: folder });
    return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as unknown;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** A store whose reads the driver answers, through `globalThis.readKey`; and what the function says of origins. */
const cloudfront = `{
  kvs:function(){return{get:async function(key){return globalThis.readKey(key)}}},
  selectRequestOriginById:function(id){globalThis.origin=id},
  updateRequestOrigin:function(origin){globalThis.origin=origin}
}`;

// Through files: njs breaks long lines on its output.
const njsMain = `
const fs = require('fs');
main(JSON.parse(fs.readFileSync('input.json', 'utf8'))).then(function (result) {
  fs.writeFileSync('result.json', result);
});
`;

export function hasNjs(): boolean {
  try {
    execFileSync('njs', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Every engine that is installed here. */
export function listEngines(): readonly (readonly [name: string, run: Engine])[] {
  return [['node:vm', runInVm], ...(hasNjs() ? [['njs', runInNjs] as const] : [])];
}

export interface Batch {
  readonly store: Readonly<Record<string, string>>;
  /** Reads of a key that fail before one succeeds. */
  readonly failures: Readonly<Record<string, number>>;
  readonly events: readonly unknown[];
  /** What `rawQueryString` says, event by event; left out: nothing, there is no such method. */
  readonly queries?: readonly string[];
  /** Seconds since the epoch that the function's clock shows; left out: the real time. */
  readonly now?: number;
}

export interface BatchResult {
  readonly outputs: readonly unknown[];
  /** What each event made the function tell CloudFront of an origin. */
  readonly origins: readonly unknown[];
  /** What each event made the function log. */
  readonly lines: readonly (readonly string[])[];
  /** Reads by key. */
  readonly reads: Readonly<Record<string, number>>;
}

/** Runs the function on every event, in order. */
export async function runBatch(run: Engine, code: string, batch: Batch): Promise<BatchResult> {
  return (await run(code, batchDriver, batch)) as BatchResult;
}

const batchDriver = `
globalThis.main = async function (batch) {
  const reads = {};
  if (batch.now) Date.now = function () { return batch.now * 1000; };
  globalThis.readKey = function (key) {
    reads[key] = (reads[key] || 0) + 1;
    if (reads[key] <= (batch.failures[key] || 0)) throw new Error('read failed');
    if (typeof batch.store[key] !== 'string') throw new Error('KeyNotFound');
    return batch.store[key];
  };
  const outputs = [];
  const origins = [];
  const lines = [];
  for (let i = 0; i < batch.events.length; i++) {
    if (batch.queries) batch.events[i].request.rawQueryString = function () { return batch.queries[i]; };
    globalThis.origin = null;
    const logged = [];
    console.log = function (text) { logged.push(text); };
    const output = await handler(batch.events[i]);
    outputs.push(output);
    origins.push(globalThis.origin);
    lines.push(logged);
  }
  return JSON.stringify({ outputs: outputs, origins: origins, lines: lines, reads: reads });
};
`;
