import { createHash } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The built command line's directory, and the edge's sources that it composes from. */
export interface Built {
  readonly directory: string;
  readonly sources: string;
}

/**
 * Bundles that were composed before, as files beside the built command line, whose next build removes
 * them: minifying takes most of a short command's time. `built` undefined: nothing is kept.
 */
export function keepComposed(built: Built | undefined) {
  return async <Bundle>(asked: unknown, compose: () => Promise<Bundle>): Promise<Bundle> => {
    if (built === undefined) return await compose();
    const key = digest([JSON.stringify(asked), ...(await readSources(built.sources))]);
    const file = join(built.directory, `composed-${key}.json`);
    const kept = await readFile(file, 'utf8').catch(unless('ENOENT'));
    if (kept !== undefined) return JSON.parse(kept) as Bundle;
    const bundle = await compose();
    // Renamed, so that nobody reads half of it.
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, JSON.stringify(bundle))
      .then(() => rename(draft, file))
      // Installed where this user may not write: it only takes longer.
      .catch(unless('EACCES', 'EPERM', 'EROFS'));
    return bundle;
  };
}

/** In the key, so that an edited source is composed anew also before the next build. */
async function readSources(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory, { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts')).toSorted();
  return await Promise.all(sources.map((name) => readFile(join(directory, name), 'utf8')));
}

function digest(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length} ${text}`);
  return hash.digest('hex').slice(0, 16);
}

function unless(...expected: readonly string[]): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (!expected.includes(error.code ?? '')) throw error;
    return undefined;
  };
}
