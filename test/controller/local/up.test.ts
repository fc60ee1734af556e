import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { full } from '../../depth.ts';
import { createClients } from '../../../controller/local/demo/clients.ts';

const ROOT = join(import.meta.dirname, '../../..');
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-up-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

const children: ChildProcess[] = [];

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), 'up', ...args], { cwd: ROOT });
  children.push(child);
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, exit };
}

async function run(args: readonly string[]) {
  const { child, exit } = start(args);
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { output, errors, code };
}

it('prints the lines that point any client to it, answers, and closes on SIGTERM', async () => {
  const { child, exit } = start(
    `--directory ${directory} --port 0 --edge-port 0 --edge-region eu-west-1`.split(' '),
  );
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    if (printed.includes('# Speed')) break;
  }
  const exports = [...printed.matchAll(/^export (\w+)=(.*)$/gm)];
  const environment = Object.fromEntries(exports.map(([, name, value]) => [name, value]));
  expect(environment).toHaveProperty('AWS_ENDPOINT_URL');
  expect(environment).toHaveProperty('AWS_DEFAULT_REGION', environment['AWS_REGION']);
  const { s3 } = await createClients(environment);
  expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  const edge = /^# Edge: (http:\/\/\S+:\d+)/m.exec(printed)?.[1];
  expect(environment).toHaveProperty('HEADGATE_EDGE_ENDPOINT', edge);
  expect(printed).toContain('# Lambda@Edge functions run in eu-west-1.');
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});

it('exits 2 when an option is wrong, before anything starts', async () => {
  const { errors, code } = await run(['--demo', '--speed', 'fast']);
  expect(code).toBe(2);
  expect(errors).toContain('--speed "fast" is not a number from 1 to 1000');
});

it('exits 2 when a directory of --builds is no built app', async () => {
  const { errors, code } = await run(['--demo', '--builds', directory, directory, directory]);
  expect(code).toBe(2);
  expect(errors).toContain('has no index.html');
});

it('ends the story with exit code 130 and one line when it is interrupted in the middle', async () => {
  const { child, exit } = start(['--demo', '--exit']);
  const errors = text(child.stderr);
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    // A command of the story is running now.
    if (printed.includes('2. Publish')) child.kill('SIGINT');
  }
  expect(await exit).toBe(130);
  expect(await errors).toBe('Interrupted in the middle of the story.\n');
  expect(printed.trimEnd().split('\n').at(-1)).toMatch(/^\d+\. /);
  expect(printed).not.toContain('Every step was verified.');
});

if (!full) {
  process.stderr.write(
    'SKIPPED: the whole story, as `npm start` plays it. To run it: HEADGATE_DEPTH=full\n',
  );
}

it.skipIf(!full)('plays the whole story and verifies each step', { timeout: 600_000 }, async () => {
  const { output, errors, code } = await run(['--demo', '--exit']);
  expect(`${output}${errors}`).toContain('Every step was verified.');
  expect(code).toBe(0);
});
