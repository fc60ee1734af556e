import { UsageError } from '../../core/errors.ts';
import type { Directory } from '../../core/publish/check.ts';
import { hashOf } from '../../core/publish/layout.ts';
import { countFiles } from '../../core/publish/report.ts';
import { isUntrusted } from '../../core/state/build.ts';
import { isReserved, keys, type Home } from '../../core/state/keys.ts';
import type { ManifestFile } from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';
import type { FileDigest } from '../../ports/files.ts';

export interface PublishRequest {
  readonly directory: string;
  readonly place: Place;
  readonly app: string;
  readonly build: string;
  /** A build whose pooled files are trusted to be there; undefined: the one published last. */
  readonly base?: string | undefined;
}

/** What of the outside a publish has to do with. */
export type PublishContext = Pick<
  Context,
  'builds' | 'uploads' | 'publishNotes' | 'files' | 'clock' | 'terminal' | 'surroundings'
>;

/** Outside `<app>/builds/`, a number may be the name of what else lies there. */
export function refuseReserved(home: Home, build: string): void {
  const folder = keys.build(home, build);
  if (isUntrusted(build) || !isReserved(home.app, folder)) return;
  throw new UsageError(
    `No build can be called ${build} there: ${folder} is a folder of Headgate's own.`,
    'Take another number, or another root.',
  );
}

/** `next` is what to do when there is no such directory. */
export async function scanDirectory(
  directory: string,
  context: Pick<Context, 'files'>,
  next: string,
): Promise<Directory> {
  const found = await context.files.scan(directory);
  if (found) return found;
  throw new UsageError(`There is no directory ${directory}.`, next);
}

const SHOWN_PROBLEMS = 20;

export function refuseProblems(directory: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `  ${problem}`);
  const more = problems.length - shown.length;
  throw new UsageError(
    [
      `${directory} cannot be published:`,
      ...shown,
      ...(more > 0 ? [`  and ${more} more`] : []),
    ].join('\n'),
    'Nothing was uploaded. Mend these and run it again.',
  );
}

interface DigestOptions {
  readonly directory: string;
  readonly signal: AbortSignal;
  /** By SHA-256; may come to know more while files are read. */
  readonly etags: ReadonlyMap<string, string>;
}

/** One file at a time: 10,000 files take a fraction of a second, and no memory to speak of. */
export async function digestFiles(
  { files }: Directory,
  { directory, signal, etags }: DigestOptions,
  context: Pick<Context, 'files' | 'terminal'>,
): Promise<readonly (FileDigest & { readonly path: string })[]> {
  const digests: (FileDigest & { readonly path: string })[] = [];
  for (const { path } of files) {
    if (signal.aborted) break;
    if (digests.length % HASHED_AT_ONCE === 0) {
      context.terminal.progress(`Hashing ${digests.length + 1} of ${countFiles(files.length)}`);
    }
    digests.push({ path, ...(await context.files.digest(`${directory}/${path}`, etags)) });
  }
  return digests;
}

/** Files between two looks at the clock. */
const HASHED_AT_ONCE = 50;

/** A file's bytes once more, for sending; refuses a file that was written since it was hashed. */
export async function readUnchanged(
  directory: string,
  file: Pick<ManifestFile, 'path' | 'sha256'>,
  context: Pick<Context, 'files'>,
): Promise<Uint8Array> {
  const body = await context.files.readBytes(`${directory}/${file.path}`);
  if (hashOf(body) === file.sha256) return body;
  throw new UsageError(
    `${file.path} changed while it was being published.`,
    'Wait until whatever writes the directory is done, then run it again.',
  );
}
