import { afterAll, expect, it } from 'vitest';
import { createLambdaRuntime } from '../../../../controller/local/lambda-runtime/runtime.ts';
import type { FunctionVersion } from '../../../../controller/local/lambda/function.ts';
import { functionZip } from '../lambda/archive.ts';

const logs: string[] = [];
const runtime = createLambdaRuntime({
  // The tests' functions are named after their code.
  functions: { readArchive: ({ description }) => functionZip(description) },
  edgeRegion: 'ap-southeast-2',
  environment: () => ({ AWS_ENDPOINT_URL: 'http://localhost:1' }),
  log: (line) => void logs.push(line),
});
afterAll(() => runtime.close());

const VERSION: FunctionVersion = {
  version: '3',
  revisionId: 'r',
  codeSha256: '',
  codeBytes: 0,
  modified: 0,
  role: '',
  handler: 'index.handler',
  runtime: 'nodejs20.x',
  architecture: 'x86_64',
  timeoutSeconds: 3,
  memoryMegabytes: 128,
  description: '',
  environment: {},
};
let functions = 0;

/** A function of its own, with this code; call it with an event. */
function define(code: string, edgeLimitSeconds = 5) {
  functions += 1;
  const arn = `arn:aws:lambda:us-east-1:000000000000:function:f${functions}:3`;
  const version = { ...VERSION, description: code };
  return (event: unknown = null) =>
    runtime.invoke({ arn, version, event, requestId: 'id', edgeLimitSeconds });
}

const done = (output: unknown) => ({ kind: 'done', output });

it('keeps what the module remembers from one event to the next', async () => {
  const run = define(
    'let count = 0; exports.handler = async (event) => ({ event, count: ++count });',
  );
  expect(await run('a')).toMatchObject(done({ event: 'a', count: 1 }));
  expect(await run({ b: 2 })).toMatchObject(done({ event: { b: 2 }, count: 2 }));
});

it('gives one environment one event at a time, so that parallel events find other memory', async () => {
  const run = define(`let busy = false;
    exports.handler = async () => {
      if (busy) return 'shared';
      busy = true;
      await new Promise((resolve) => setTimeout(resolve, 20));
      busy = false;
      return 'alone';
    };`);
  const results = await Promise.all([1, 2, 3, 4, 5, 6].map(run));
  expect(results.map((result) => result.kind === 'done' && result.output)).toEqual(
    Array.from({ length: 6 }, () => 'alone'),
  );
});

it('takes handlers that call back', async () => {
  const run = define(`exports.handler = (event, context, callback) => {
    setTimeout(() => (event ? callback(null, context.functionVersion) : callback(new Error('no'))), 1);
  };`);
  expect(await run(true)).toMatchObject(done('3'));
  expect(await run(false)).toMatchObject({ kind: 'failed' });
  expect(await define('module.exports = { handler() {} };')()).toMatchObject(done(null));
});

it('has built-in modules and its own environment variables, and nothing else', async () => {
  const run = define(`const crypto = require('node:crypto');
    exports.handler = async (event) => {
      if (event) return typeof require(event);
      const os = await import('node:os');
      return { ...process.env, own: typeof crypto.createHash + typeof os.EOL };
    };`);
  expect((await run()) as object).toMatchObject(
    done({
      own: 'functionstring',
      AWS_REGION: 'ap-southeast-2',
      AWS_ENDPOINT_URL: 'http://localhost:1',
      AWS_LAMBDA_FUNCTION_NAME: expect.stringMatching(/^us-east-1\.f\d+$/) as string,
    }),
  );
  expect(process.env['PATH']).toBeDefined();
  expect(await run()).not.toMatchObject({ output: { PATH: process.env['PATH'] } });
  for (const name of ['zod', './other.js', '/etc/hostname']) {
    expect(await run(name)).toMatchObject({
      kind: 'failed',
      error: { errorMessage: expect.stringContaining('Cannot find module') as string },
    });
  }
});

it('reports what goes wrong, and starts afresh after it', async () => {
  const run = define(
    `console.log('loaded');
    exports.handler = async (event) => {
      if (event === 'throw') throw new Error('boom');
      if (event === 'exit') process.exit(0);
      if (event === 'crash') setTimeout(() => { throw new Error('later'); });
      if (event === 'loop') for (;;);
      if (event) await new Promise(() => setTimeout(() => {}, 60_000));
      return 'fine';
    };`,
    1,
  );
  const failed = (message: string, isTimeout = false) => ({
    kind: 'failed',
    isTimeout,
    error: { errorMessage: expect.stringContaining(message) as string },
  });
  expect(await run('throw')).toMatchObject(failed('boom'));
  expect(await run()).toMatchObject(done('fine'));
  expect(await run('exit')).toMatchObject(failed('ended'));
  expect(await run('crash')).toMatchObject(failed('later'));
  expect(await run('loop')).toMatchObject(failed('timed out after 1.00 seconds', true));
  expect(await run()).toMatchObject(done('fine'));
  expect(logs.filter((line) => line.endsWith('loaded')).length).toBeGreaterThanOrEqual(4);
});

it('fails every event of code that cannot be loaded', async () => {
  for (const code of ['exports.handler = ', 'throw new Error("at load")', 'exports.other = 1;']) {
    const run = define(code);
    expect(await run()).toMatchObject({ kind: 'failed' });
    expect(await run()).toMatchObject({ kind: 'failed' });
  }
});
