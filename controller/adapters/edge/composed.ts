import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Bundles that were composed before, as files beside the built command line, whose next build removes
 * them: minifying takes most of a short command's time. `directory` undefined: nothing is kept.
 */
export function keepComposed(directory: string | undefined) {
  return async <Bundle>(asked: unknown, compose: () => Promise<Bundle>): Promise<Bundle> => {
    if (directory === undefined) return await compose();
    const key = createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);
    const file = join(directory, `composed-${key}.json`);
    const kept = await readFile(file, 'utf8').catch(() => undefined);
    if (kept !== undefined) return JSON.parse(kept) as Bundle;
    const bundle = await compose();
    // Renamed, so that nobody reads half of it. Not to be able to write here costs time and nothing else.
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, JSON.stringify(bundle))
      .then(() => rename(draft, file))
      .catch(() => undefined);
    return bundle;
  };
}
