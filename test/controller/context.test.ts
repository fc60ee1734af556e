import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../controller/context.ts';
import { useCloud } from './adapters/aws/cloud-context.ts';

const CONTEXT = 'controller/context.ts';
const HEAVY = /^(@aws-sdk|@smithy|esbuild|zx)\b/;

it('loads no SDK until a port is called: `validate` does not pay for AWS', async () => {
  const { metafile } = await build({
    absWorkingDir: join(import.meta.dirname, '../..'),
    entryPoints: [CONTEXT],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outdir: 'dist',
    write: false,
    metafile: true,
  });
  expect(importedAtStart(metafile).filter((path) => HEAVY.test(path))).toEqual([]);
  // Or the pattern would prove nothing.
  const anywhere = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
  expect(anywhere.some(({ path }) => HEAVY.test(path))).toBe(true);
});

/** What the entry point's file imports statically, and what that imports. */
function importedAtStart({ outputs }: Metafile): readonly string[] {
  const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === CONTEXT);
  const reached = new Set<string>();
  const visit = (file: string): void => {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind !== 'import-statement' || reached.has(path)) continue;
      reached.add(path);
      visit(path);
    }
  };
  visit(entry ?? '');
  return [...reached];
}

it('can be awaited and passed through promises like any value', async () => {
  const { routes } = await Promise.resolve(createContext());
  expect(await Promise.resolve(routes)).toBe(routes);
});

it('composes the edge functions', async () => {
  const { request } = await createContext().bundler.compose();
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
