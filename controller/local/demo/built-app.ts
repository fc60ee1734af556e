import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { UsageError } from '../../core/errors.ts';

/** What the story needs to know of a built web app to check that it is served. */
export interface BuiltApp {
  readonly directory: string;
  /** Its build number in the story. */
  readonly build: string;
  readonly document: string;
  /** A script that index.html names. */
  readonly entry: string;
  /** A script that index.html doesn't name: the app loads it later. */
  readonly lazy: string;
  /** A file outside the shared pool, so that which one is served depends on the visitor's build. */
  readonly own: string;
}

/** Reads built apps, in the order of their build numbers. */
export async function readBuiltApps(
  directories: readonly string[],
  builds: readonly string[],
): Promise<readonly BuiltApp[]> {
  const files = await Promise.all(directories.map(listFiles));
  return Promise.all(
    directories.map(async (directory, index) => {
      const document = await readFile(join(directory, 'index.html'), 'utf8');
      const mine = files[index] ?? [];
      const others = new Set(files.filter((list) => list !== mine).flat());
      const scripts = mine.filter((path) => /\.m?js$/.test(path));
      const entry = scripts.find((path) => document.includes(path));
      const later = scripts.filter((path) => !document.includes(path));
      // A file that no other build has proves more.
      const lazy = later.find((path) => !others.has(path)) ?? later[0];
      const own = mine.find((path) => /^\/(?!assets\/|\.).*\.(js|json|css|txt)$/.test(path));
      if (!entry || !lazy) throw noLazyScript(directory, scripts.length);
      return { directory, build: String(builds[index]), document, entry, lazy, own: own ?? lazy };
    }),
  );
}

/** All of its files, as browsers ask for them. */
export async function listAppFiles({ directory }: BuiltApp): Promise<readonly string[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile());
  return files.map(({ parentPath, name }) => `/${relative(directory, join(parentPath, name))}`);
}

async function listFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory, { recursive: true }).catch((): string[] => []);
  if (!names.includes('index.html')) {
    throw new UsageError(
      `${directory} has no index.html, so it is not a built web app.`,
      'Build the app first and pass the directory with its index.html.',
    );
  }
  return names.map((name) => `/${name}`).toSorted();
}

function noLazyScript(directory: string, count: number): UsageError {
  return new UsageError(
    `${directory} has ${count} scripts; the story needs one that index.html names and one loaded later.`,
    'Pass builds of an app that loads code lazily (dynamic imports).',
  );
}

/** The bytes of one of its files, by the path browsers ask for. */
export function readAppFile(app: BuiltApp, path: string): Promise<Buffer> {
  return readFile(join(app.directory, path));
}
