import { UsageError } from '../../core/errors.ts';
import { checkDirectory, type Directory } from '../../core/publish/check.ts';
import { hashOf, layFile } from '../../core/publish/layout.ts';
import { countFiles } from '../../core/publish/report.ts';
import { isUntrusted } from '../../core/state/build.ts';
import { isReserved, keys, type Home } from '../../core/state/keys.ts';
import {
  DEFAULT_SETTINGS,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFile,
  type PublishSettings,
} from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';

export interface PublishRequest {
  readonly directory: string;
  readonly place: Place;
  readonly app: string;
  readonly build: string;
}

/** Scan, check, hash: all that can be wrong with a directory is said before the first byte is sent. */
export async function readBuild(request: PublishRequest, context: Context): Promise<Manifest> {
  const { app, build, directory } = request;
  const found = await scanDirectory(
    directory,
    context,
    'Build the app first, or name the directory that its build writes (often dist, build or out).',
  );
  const settings = (await context.builds(request.place).readSettings(app)) ?? DEFAULT_SETTINGS;
  refuseReserved({ app, root: settings.root }, build);
  refuseProblems(directory, checkDirectory(found, { app, build, settings }));
  const files = await hashFiles(found, settings, { directory, context });
  return { version: MANIFEST_VERSION, app, build, settings, files };
}

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
  context: Context,
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

/** One file at a time: reading and hashing 10,000 files takes a fraction of a second, and no memory to speak of. */
async function hashFiles(
  { files }: Directory,
  settings: PublishSettings,
  { directory, context }: { directory: string; context: Context },
): Promise<readonly ManifestFile[]> {
  const hashed: ManifestFile[] = [];
  for (const { path } of files) {
    context.terminal.progress(`Hashing ${hashed.length + 1} of ${countFiles(files.length)}`);
    hashed.push(layFile(path, await context.files.readBytes(`${directory}/${path}`), settings));
  }
  return hashed;
}

/** A file's bytes once more, for sending; refuses a file that was written since it was hashed. */
export async function readUnchanged(
  directory: string,
  file: ManifestFile,
  context: Context,
): Promise<Uint8Array> {
  const body = await context.files.readBytes(`${directory}/${file.path}`);
  if (hashOf(body) === file.sha256) return body;
  throw new UsageError(
    `${file.path} changed while it was being published.`,
    'Wait until whatever writes the directory is done, then run it again.',
  );
}
