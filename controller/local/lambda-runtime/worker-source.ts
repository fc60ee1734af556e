import { MODULE_LOADER } from './module-loader.ts';

/**
 * What runs in the worker thread of an execution environment: loads the entry once, then answers
 * one event after the other. A text, because a thread needs a file or a text, and bundled into the
 * command line there is no file.
 */
export const WORKER_SOURCE = `'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { isBuiltin } = require('node:module');
const { format } = require('node:util');
const v8 = require('node:v8');
const vm = require('node:vm');
${MODULE_LOADER}

// Through the port, so that what an event printed comes before its answer.
const print = (text) => parentPort.postMessage({ kind: 'log', text });
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk, encoding, callback) => {
    for (const line of String(Buffer.from(chunk)).trimEnd().split('\\n')) print(line);
    const written = typeof encoding === 'function' ? encoding : callback;
    if (written) written();
    return true;
  };
}

// What the console prints is one entry of the log, with time, request and level in front.
let requestId;
const LEVELS = { log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', debug: 'DEBUG', trace: 'TRACE' };
for (const [method, level] of Object.entries(LEVELS)) {
  console[method] = (...parts) => print([new Date().toISOString(), String(requestId), level, format(...parts)].join('\\t'));
}

function requireBuiltin(name) {
  if (isBuiltin(name)) return require(name);
  throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' });
}

function loadScript(source) {
  const filename = '/var/task/index.js';
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  // Nothing is in that folder, so import() finds the built-in modules alone.
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const run = vm.compileFunction(source, names, { filename, importModuleDynamically });
  const module = { exports: {} };
  run.call(module.exports, module.exports, requireBuiltin, module, filename, '/var/task');
  return module.exports;
}

async function load({ entry, files }) {
  const { handler } = entry.endsWith('.mjs') ? await loadModule(entry, files) : loadScript(files[entry]);
  if (typeof handler !== 'function') throw new Error('index.handler is undefined or not exported');
  return handler;
}

/** Async handlers return a promise; the others call back. One that does neither answers null. */
function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error == null ? resolve(result) : reject(error));
    const returned = handler(event, context, callback);
    if (returned && typeof returned.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(null);
  });
}

/** As Lambda writes it: the trace is a list of lines. */
function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\\n') };
}

let handler;
parentPort.on('message', async ({ event, context, deadline }) => {
  requestId = context.awsRequestId;
  const own = { ...context, callbackWaitsForEmptyEventLoop: true };
  own.getRemainingTimeInMillis = () => Math.max(0, deadline - Date.now());
  let answer;
  try {
    answer = { output: JSON.stringify((await call(handler, JSON.parse(event), own)) ?? null) };
  } catch (error) {
    answer = { error: describe(error) };
  }
  const heapBytes = v8.getHeapStatistics().used_heap_size;
  parentPort.postMessage({ kind: 'answer', heapBytes, ...answer });
});
load(workerData.code).then(
  (loaded) => {
    handler = loaded;
    parentPort.postMessage({ kind: 'loaded' });
  },
  (error) => parentPort.postMessage({ kind: 'loaded', failure: describe(error) }),
);
`;
