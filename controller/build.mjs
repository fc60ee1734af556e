// Builds the command line into dist/, why: .github/decisions/0005-built-command-line.md; and the fast lane's
// Lambda function into dist/lambda/.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
  // By us: see `place`.
  write: false,
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

const built = await Promise.all([commandLine, lambda]);
const [{ metafile }, { metafile: lambdaMetafile }] = built;

// A command that is running loads the rest of itself when it needs it: nothing is ever there by half, what is
// loaded comes before what loads it, and the files of the build before this one stay.
const directory = join(import.meta.dirname, '..', DIRECTORY);
const former = await readOutputs();
const files = built.flatMap(({ outputFiles }) => outputFiles);
const isEntry = ({ path }) => basename(path).startsWith('cli.js');
for (const file of [...files.filter((one) => !isEntry(one)), ...files.filter(isEntry)])
  await place(file.path, file.contents);
await place(join(directory, METAFILE), JSON.stringify(metafile));
await place(join(directory, 'lambda', METAFILE), JSON.stringify(lambdaMetafile));
const kept = new Set([...former, ...outputsOf(metafile), METAFILE, 'lambda']);
const stale = (await readdir(directory)).filter((file) => !kept.has(file) && !isTemporary(file));
await Promise.all(stale.map((file) => rm(join(directory, file), { force: true })));

async function place(path, contents) {
  const text = Buffer.from(contents);
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(text)) return;
  const temporary = join(dirname(path), `.new-${process.pid}-${basename(path)}`);
  await mkdir(dirname(path), { recursive: true });
  // npx links to it, and makes it executable only when it links for the first time.
  await writeFile(temporary, text, { mode: basename(path) === 'cli.js' ? 0o755 : 0o644 });
  await rename(temporary, path);
}

/** Perhaps of another build that is under way. */
function isTemporary(file) {
  return file.startsWith('.new-');
}

/** Of the former build; none: there was none, or nobody knows. */
async function readOutputs() {
  try {
    return outputsOf(JSON.parse(await readFile(join(directory, METAFILE), 'utf8')));
  } catch {
    return [];
  }
}

function outputsOf({ outputs }) {
  return Object.keys(outputs).map((file) => basename(file));
}
