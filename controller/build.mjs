// Builds the command line into dist/, why: .github/decisions/0005-built-command-line.md; and the fast lane's
// Lambda function into dist/lambda/.

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const DIRECTORY = 'dist';
/** What went into which file, for tests; esbuild.github.io/analyze shows it. */
const METAFILE = 'meta.json';

/** CommonJS packages in an ES module ask for it. Under this name no package declares it, too. */
const REQUIRE = [
  "import { createRequire as createBundleRequire } from 'node:module';",
  'const require = createBundleRequire(import.meta.url);',
].join('\n');

/** `headgate why` runs the edge's own core, with every feature: a route that uses none must not notice. */
const FEATURES = join(import.meta.dirname, '..', 'edge/core/features.d.ts');
const declared = (await readFile(FEATURES, 'utf8')).matchAll(/declare const (FEATURE_\w+)/g);
const define = Object.fromEntries([...declared].map(([, name]) => [name, 'true']));

const SHARED = {
  absWorkingDir: join(import.meta.dirname, '..'),
  define,
  bundle: true,
  platform: 'node',
  format: 'esm',
  // Bundled CommonJS has a default export only, and `await import('@aws-sdk/...')` asks for names.
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE },
  legalComments: 'eof',
  metafile: true,
  logLevel: 'warning',
};

const commandLine = build({
  ...SHARED,
  entryPoints: ['controller/cli.ts'],
  outdir: DIRECTORY,
  splitting: true,
  target: 'node20',
  // They look for programs and files of their own beside their code.
  external: ['esbuild', 'vite'],
  minifySyntax: true,
  sourcemap: true,
  sourcesContent: false,
});

// One file: it is fetched and read before the first event. What only some events need is run when they come.
const lambda = build({
  ...SHARED,
  entryPoints: ['controller/lambda/index.ts'],
  outfile: `${DIRECTORY}/lambda/index.mjs`,
  target: 'node22',
  minify: true,
});

const [{ metafile }, { metafile: lambdaMetafile }] = await Promise.all([commandLine, lambda]);

// Last, because a command that is running may still load a file of the former build.
const directory = join(import.meta.dirname, '..', DIRECTORY);
await writeFile(join(directory, METAFILE), JSON.stringify(metafile));
await writeFile(join(directory, 'lambda', METAFILE), JSON.stringify(lambdaMetafile));
const outputs = Object.keys(metafile.outputs).map((file) => basename(file));
const written = new Set([...outputs, METAFILE, 'lambda']);
const stale = (await readdir(directory)).filter((file) => !written.has(file));
await Promise.all(stale.map((file) => rm(join(directory, file), { force: true })));
