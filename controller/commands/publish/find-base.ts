import { UnansweredError, UsageError } from '../../core/errors.ts';
import { readLatest, sortNewest } from '../../core/publish/latest.ts';
import { isUntrusted } from '../../core/state/build.ts';
import { keys } from '../../core/state/keys.ts';
import { isSameBuild, type Manifest } from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';

/** A publish that looks for what is stored already. */
export interface BaseRequest {
  readonly app: string;
  readonly build: string;
  readonly place: Place;
  /** `--base`. */
  readonly base?: string | undefined;
}

type BaseContext = Pick<Context, 'builds' | 'publishNotes' | 'terminal'>;

/** Numbers of builds whose pooled files may be there: the one that was named, else those published last. */
export async function readHints(
  request: BaseRequest,
  context: BaseContext,
): Promise<readonly string[]> {
  const { app, build, place, base } = request;
  if (base !== undefined) return [base];
  const notes = context.publishNotes(place);
  const trusts = isUntrusted(build)
    ? (['protected', 'untrusted'] as const)
    : (['protected'] as const);
  const hints = trusts.map((trust) =>
    unlessDenied(() => notes.read(keys.latest(app, trust)), context),
  );
  const names = (await Promise.all(hints)).map(readLatest);
  return names.filter((name): name is string => name !== undefined && name !== build);
}

/** Manifests of these builds, as far as they are there. */
export async function readHinted(
  request: BaseRequest,
  hints: readonly string[],
  context: BaseContext,
): Promise<readonly Manifest[]> {
  const found = await Promise.all(hints.map((name) => readBase(request, name, context)));
  const bases = found.filter((one) => one !== undefined);
  if (request.base !== undefined && bases.length === 0) throw refuseBase(request);
  return bases;
}

/** Nobody said which build was the last, or was wrong: the newest by its number. `take`: before it is read. */
export async function readNewest(
  request: BaseRequest,
  take: (base: string) => Promise<void>,
  context: BaseContext,
): Promise<readonly Manifest[]> {
  for (const name of await listNewest(request, context)) {
    await take(name);
    const base = await readBase(request, name, context);
    if (base !== undefined) return [base];
  }
  return [];
}

/** Of those without a manifest: uploads under way, or given up. */
const TRIED = 3;

async function listNewest(
  { app, build, place }: BaseRequest,
  context: BaseContext,
): Promise<readonly string[]> {
  const notes = context.publishNotes(place);
  const folders = await unlessDenied(
    () => notes.folders(keys.builds({ app, root: place.root })),
    context,
  );
  return sortNewest((folders ?? []).filter((name) => name !== build)).slice(0, TRIED);
}

async function readBase(
  { app, place, base }: BaseRequest,
  name: string,
  context: BaseContext,
): Promise<Manifest | undefined> {
  const read = async () => {
    const manifest = (await context.builds(place).readManifest(app, name))?.manifest;
    // One that was copied here tells what another app, or build, has.
    return manifest && isSameBuild(manifest, { app, build: name }) ? manifest : undefined;
  };
  return base === undefined ? unlessDenied(read, context) : read();
}

/**
 * The job of a pull request may be allowed to read less than it could make use of. No answer is no denial: sending
 * everything would cost more than running it again.
 */
async function unlessDenied<Value>(
  read: () => Promise<Value | undefined>,
  { terminal }: Pick<Context, 'terminal'>,
): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UsageError) || error instanceof UnansweredError) throw error;
    terminal.note(`warning: what earlier builds have is found out file by file: ${error.message}`);
    return undefined;
  }
}

function refuseBase({ app, base }: BaseRequest): UsageError {
  return new UsageError(
    `There is no build ${base} of ${app} to be the --base.`,
    'Name a published one, or leave --base out: then it is the one that was published last.',
  );
}
