import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { Files, ScannedFile, ScanProblem } from '../../ports/files.ts';

export function createFiles(): Files {
  return {
    readText: (path) => unlessMissing(path, () => readFile(path, 'utf8')),
    async readBytes(path) {
      try {
        // A tree of small files is read several times faster without a trip through the thread pool for each.
        return readFileSync(path);
      } catch (error) {
        throw explain(path, error);
      }
    },
    async writeText(path, text) {
      await writeFile(path, text).catch((error: unknown) => {
        throw explain(path, error);
      });
    },
    list: (directory) =>
      unlessMissing(directory, async () => (await readdir(directory)).toSorted()),
    scan: (directory) => unlessMissing(directory, async () => scanDirectory(directory)),
  };
}

async function unlessMissing<Value>(
  path: string,
  read: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw explain(path, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'it is not a directory',
  ENOSPC: 'the disk is full',
};

function explain(path: string, error: unknown): Error {
  const reason = REASONS[codeOf(error)];
  if (reason === undefined) return error instanceof Error ? error : new Error(String(error));
  return new UsageError(`${path}: ${reason}.`, 'Check the path and its permissions.', {
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

interface Scan {
  readonly root: string;
  readonly files: ScannedFile[];
  readonly problems: ScanProblem[];
}

function scanDirectory(directory: string): { files: ScannedFile[]; problems: ScanProblem[] } {
  const root = realpathSync(directory);
  const scan: Scan = { root, files: [], problems: [] };
  scanInto(scan, { path: '', real: root, above: [] });
  return { files: scan.files.toSorted(byPath), problems: scan.problems.toSorted(byPath) };
}

/** By code unit: the same order on every machine, whatever its language. */
function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}

interface Place {
  /** Relative to the scanned directory; '' for itself. */
  readonly path: string;
  /** Where it really is, symbolic links resolved. */
  readonly real: string;
  /** Real paths of the directories it was reached through. */
  readonly above: readonly string[];
}

function scanInto(scan: Scan, { path, real, above }: Place): void {
  for (const name of readdirSync(real)) {
    const entry: Place = {
      path: path === '' ? name : `${path}/${name}`,
      real: join(real, name),
      above: [...above, real],
    };
    try {
      scanEntry(scan, entry);
    } catch {
      // A link to nothing, no permission, or a name that isn't UTF-8: the problem's text says what to check.
      scan.problems.push({ path: entry.path, kind: 'unreadable' });
    }
  }
}

function scanEntry(scan: Scan, { path, real: unresolved, above }: Place): void {
  const real = lstatSync(unresolved).isSymbolicLink() ? realpathSync(unresolved) : unresolved;
  const stats = statSync(real);
  if (real !== scan.root && !real.startsWith(scan.root + sep)) {
    scan.problems.push({ path, kind: 'symlink-outside' });
  } else if (stats.isFile()) {
    scan.files.push({ path, size: stats.size });
  } else if (!stats.isDirectory()) {
    scan.problems.push({ path, kind: 'not-a-file' });
  } else if (above.includes(real)) {
    scan.problems.push({ path, kind: 'symlink-loop' });
  } else {
    scanInto(scan, { path, real, above });
  }
}
