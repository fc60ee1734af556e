import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { expect, it } from 'vitest';

const DIST = join(import.meta.dirname, '../../../dist/lambda');
const { inputs, outputs } = JSON.parse(readFileSync(join(DIST, 'meta.json'), 'utf8')) as Metafile;
const made = Object.values(outputs).flatMap((output) =>
  Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? path : [],
  ),
);
const ENTRY = 'controller/lambda/index.ts';

/** Compiling it is most of what a cold start takes. */
const BYTES_LIMIT = 1_800_000;

/** All that is loaded with the file, and not only when it is asked for. */
function loadedWith(entry: string): ReadonlySet<string> {
  const reached = new Set([entry]);
  for (const path of reached) {
    for (const imported of inputs[path]?.imports ?? []) {
      if (imported.kind === 'import-statement') reached.add(imported.path);
    }
  }
  return reached;
}

it('is one file, small enough for a cold start', () => {
  expect(statSync(join(DIST, 'index.mjs')).size).toBeLessThan(BYTES_LIMIT);
});

it('has nothing in it that composes edge code, asks git, verifies attestations or plays the cloud', () => {
  const foreign =
    /node_modules\/(esbuild|terser|zx|vite|fflate|@sigstore)\/|^controller\/(local|commands)\//;
  expect(made.filter((path) => foreign.test(path))).toEqual([]);
});

it("loads neither the policies' parser nor an SDK that an alarm has no use for", () => {
  const late = /node_modules\/(zod|yaml|@aws-sdk|@smithy|@octokit)\//;
  const loaded = [...loadedWith(ENTRY)];
  expect(loaded).toContain('controller/read/for-alarm.ts');
  expect(loaded.filter((path) => late.test(path))).toEqual([]);
  // Or the pattern would prove nothing.
  expect(made.filter((path) => late.test(path))).not.toEqual([]);
});
