// Builds the command line into dist/; why it is built: .github/decisions/0005-built-command-line.md.

import { readdir, rm, writeFile } from 'node:fs/promises';
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

const { metafile } = await build({
  absWorkingDir: join(import.meta.dirname, '..'),
  entryPoints: ['controller/cli.ts'],
  outdir: DIRECTORY,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Bundled CommonJS has a default export only, and `await import('@aws-sdk/...')` asks for names.
  mainFields: ['module', 'main'],
  // They look for programs and files of their own beside their code.
  external: ['esbuild', 'vite'],
  banner: { js: REQUIRE },
  minifySyntax: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'eof',
  metafile: true,
  logLevel: 'warning',
});

// Last, because a command that is running may still load a file of the former build.
const directory = join(import.meta.dirname, '..', DIRECTORY);
await writeFile(join(directory, METAFILE), JSON.stringify(metafile));
const written = new Set([...Object.keys(metafile.outputs).map((file) => basename(file)), METAFILE]);
const stale = (await readdir(directory)).filter((file) => !written.has(file));
await Promise.all(stale.map((file) => rm(join(directory, file), { force: true })));
