import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../core/errors.ts';

/** Three built web apps: A good, B with a fault, C with the fault repaired. */
export interface ThreeBuilds {
  readonly a: string;
  readonly b: string;
  readonly c: string;
}

/** Builds the storefront's three releases with Vite, all at once, into `<outDirectory>/{a,b,c}`. */
export async function buildStorefront(outDirectory: string): Promise<ThreeBuilds> {
  const root = join(findRepository(), 'test/fixtures/storefront');
  const { build } = await importVite();
  const buildRelease = async (release: string) => {
    const source = join(root, 'releases', release);
    const outDir = join(outDirectory, release);
    const config = await readFile(join(source, 'config.json'), 'utf8');
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      resolve: { alias: { '@release': source } },
      plugins: [emitFile('config.json', config)],
      build: { outDir, emptyOutDir: true, assetsInlineLimit: 0 },
    });
    return outDir;
  };
  const [a, b, c] = await Promise.all([buildRelease('a'), buildRelease('b'), buildRelease('c')]);
  return { a, b, c };
}

function emitFile(fileName: string, source: string): import('vite').Plugin {
  return {
    name: `emit ${fileName}`,
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source });
    },
  };
}

async function importVite(): Promise<typeof import('vite')> {
  try {
    return await import('vite');
  } catch (cause) {
    throw new UsageError(
      'The demo builds its storefront with Vite, which is not installed.',
      'Run `npm ci` in a clone of the repository, or pass three built apps with --builds.',
      { cause },
    );
  }
}

/** The clone this runs in. */
// This file runs from source and from the bundle in dist/, which lie at different depths.
export function findRepository(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}
