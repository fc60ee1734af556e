import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Metafile } from 'esbuild';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createContext, createLambdaContext } from '../../controller/context.ts';
import { startGitHub } from '../fakes/github/github.ts';
import { useCloud } from './adapters/aws/cloud-context.ts';

const ROOT = join(import.meta.dirname, '../..');
const HEAVY = /node_modules\/(@aws-sdk|@smithy|@octokit|@sigstore|zx)\/|^(esbuild|vite)\b/;

it('loads no SDK until a port is called: no command waits for what it may not need', () => {
  const { outputs } = JSON.parse(readFileSync(join(ROOT, 'dist/meta.json'), 'utf8')) as Metafile;
  const commands = Object.values(outputs).filter(({ entryPoint }) =>
    /^controller\/(cli|commands\/\w+|local\/up)\.ts$/.test(entryPoint ?? ''),
  );
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.flatMap((output) => loadedWith(output, outputs)).filter(isHeavy)).toEqual([]);
  // Or the pattern would prove nothing.
  expect(Object.values(outputs).flatMap(madeOf).filter(isHeavy)).not.toEqual([]);
});

type Outputs = Metafile['outputs'];
type Output = Outputs[string];

function isHeavy(path: string): boolean {
  return HEAVY.test(path);
}

/** The sources in a built file, and the packages that it imports at once. */
function madeOf({ inputs, imports }: Output): readonly string[] {
  const atOnce = imports.filter(({ kind }) => kind === 'import-statement');
  return [...Object.keys(inputs), ...atOnce.map(({ path }) => path)];
}

/** The same of that file and of all that it imports at once, and so on. */
function loadedWith(output: Output, outputs: Outputs): readonly string[] {
  const reached = new Set([output]);
  for (const { imports } of reached) {
    for (const { path, kind } of imports) {
      const next = outputs[path];
      if (kind === 'import-statement' && next !== undefined) reached.add(next);
    }
  }
  return [...reached].flatMap(madeOf);
}

it('can be awaited and passed through promises like any value', async () => {
  const { routes } = await Promise.resolve(createContext());
  expect(await Promise.resolve(routes)).toBe(routes);
});

it('composes the edge functions', async () => {
  const { request } = await createContext().bundler.compose([]);
  expect(request.code).toContain('handler');
});

describe('the buckets', () => {
  const held = useCloud();

  it('are addressed by path at another endpoint, in the region of the environment when none is named', async () => {
    await new S3Client(held.cloud.config()).send(new CreateBucketCommand({ Bucket: 'acme' }));
    const place = { bucket: 'acme', region: undefined };
    expect(await held.context.uploads(place).keys('')).toEqual(new Set());
    expect(await held.context.builds(place).list('shop')).toEqual([]);
    expect(await held.context.records(place).read('shop', 'prod')).toBeUndefined();
    expect(await held.context.archive(place).has('none')).toBe(false);
  });
});

describe('GitHub', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is asked as the variables say, in Actions and by the fast lane', async () => {
    const fake = await startGitHub();
    vi.stubEnv('GITHUB_API_URL', fake.url);
    vi.stubEnv('GITHUB_TOKEN', fake.workflowToken({ contents: 'read' }));
    vi.stubEnv('GITHUB_REPOSITORY', fake.repository);
    vi.stubEnv('HEADGATE_GITHUB_APP_ID', '');
    vi.stubEnv('HEADGATE_GITHUB_APP_KEY', '');
    expect(await createContext().github.repository.defaultBranch()).toBe('main');
    const lane = createLambdaContext(() => {});
    expect(await lane.surroundings.github()).toBeUndefined();
    await expect(lane.github.repository.defaultBranch()).rejects.toMatchObject({
      message: 'HEADGATE_GITHUB_REPOSITORY is not set.',
    });
    await fake.close();
  });
});
