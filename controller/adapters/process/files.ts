import {
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  type Dirent,
  type Stats,
} from 'node:fs';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { partSizeOf } from '../../core/publish/parts.ts';
import type { Files, ScannedFile, ScanProblem } from '../../ports/files.ts';
import { FileHasher, type PartSizeOf } from './file-hasher.ts';

/** `partSizeOf`: for tests, whose files are small. */
export function createFiles(options: { readonly partSizeOf?: PartSizeOf | undefined } = {}): Files {
  const hasher = new FileHasher(options.partSizeOf ?? partSizeOf);
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
    async readRange(path, start, end) {
      try {
        return await readRange(path, start, end);
      } catch (error) {
        throw explain(path, error);
      }
    },
    async digest(path, etags) {
      try {
        return await hasher.digest(path, etags);
      } catch (error) {
        throw explain(path, error);
      }
    },
    async writeText(path, text) {
      await writeFile(path, text).catch((error: unknown) => {
        throw explainWrite(path, error);
      });
    },
    list: (directory) =>
      unlessMissing(directory, async () => (await readdir(directory)).toSorted()),
    scan: (directory) => unlessMissing(directory, async () => scanDirectory(directory)),
  };
}

async function readRange(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = Buffer.allocUnsafeSlow(end - start);
    for (let length = 0; ;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, start + length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } finally {
    await file.close();
  }
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

/** What is missing then is the directory: the file would have been made. */
function explainWrite(path: string, error: unknown): Error {
  if (codeOf(error) !== 'ENOENT') return explain(path, error);
  const directory = dirname(path);
  const message = `${path}: there is no directory ${directory}.`;
  return new UsageError(message, `mkdir -p ${directory}`, { cause: error });
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
  const around = [...above, real];
  for (const entry of readdirSync(real, { withFileTypes: true })) {
    const { name } = entry;
    const place = {
      path: path === '' ? name : `${path}/${name}`,
      real: `${real}${sep}${name}`,
      above: around,
    };
    try {
      if (entry.isSymbolicLink()) followLink(scan, place);
      // In place of what isn't UTF-8: then no file has that name.
      else scanEntry(scan, place, name.includes('\ufffd') ? lstatSync(place.real) : entry);
    } catch {
      // A link to nothing, no permission, or such a name: the problem's text says what to check.
      scan.problems.push({ path: place.path, kind: 'unreadable' });
    }
  }
}

function followLink(scan: Scan, place: Place): void {
  const real = realpathSync(place.real);
  if (real === scan.root || real.startsWith(scan.root + sep)) {
    scanEntry(scan, { ...place, real }, statSync(real));
  } else {
    scan.problems.push({ path: place.path, kind: 'symlink-outside' });
  }
}

/** `kind`: as the directory tells it. A look at each of 10,000 files would take longer than all the rest of a scan. */
function scanEntry(scan: Scan, place: Place, kind: Dirent | Stats): void {
  const { path, real, above } = place;
  if (kind.isFile()) scan.files.push({ path });
  else if (!kind.isDirectory()) scan.problems.push({ path, kind: 'not-a-file' });
  else if (above.includes(real)) scan.problems.push({ path, kind: 'symlink-loop' });
  else scanInto(scan, place);
}
