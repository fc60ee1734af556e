import { RefusedError, UsageError } from '../../core/errors.ts';
import { BUNDLES_BYTES_LIMIT, readBundles, readClaim } from '../../core/provenance/bundle.ts';
import { PREDICATE_TYPE } from '../../core/provenance/judge.ts';
import type { AttestedBuild, AttestedBuilds } from '../../ports/attested-builds.ts';
import type { Context } from '../../ports/context.ts';
import { findRoot } from './find-root.ts';
import { readPublished, refuseOther, type BuildRequest } from './verify.ts';

export interface Attested {
  readonly app: string;
  readonly build: string;
  /** Of the manifest's text. */
  readonly sha256: string;
  /** False: something was stored before, and stays. */
  readonly stored: boolean;
}

/**
 * Writes what `actions/attest` takes as `subject-checksums`: the manifest's SHA-256, as `sha256sum` prints
 * it. `digest` is what was published just now, so that nobody can slip another manifest in before it is signed.
 */
export async function writeChecksum(
  request: BuildRequest & { readonly digest: string; readonly file: string },
  context: Context,
): Promise<void> {
  const { app, build, digest, file } = request;
  const place = await findRoot({ ...request, root: request.place.root }, context);
  const { sha256 } = await readAttested({ ...request, place }, context);
  if (!sha256.startsWith(digest)) {
    throw new RefusedError(
      `The manifest of build ${build} is not the one that was published just now (${digest}): its SHA-256 is ${sha256}.`,
      'Somebody else writes there. Look who may, and publish under a new number.',
    );
  }
  await context.files.writeText(file, `${sha256}  ${app}-${build}\n`);
}

/**
 * Stores bundles beside the manifest that they are about, for good. Who signed them is for the policy to
 * say, and whoever releases the build verifies that.
 */
export async function attestBuild(
  request: BuildRequest & { readonly file: string },
  context: Context,
): Promise<Attested> {
  const { app, build, file } = request;
  const bytes = await readFile(file, context);
  const { sha256, stored, store } = await readAttested(request, context);
  checkClaims(bytes, { file, build, sha256 });
  if (stored !== undefined && !isAbout(stored, sha256)) {
    throw new RefusedError(
      `What is stored beside build ${build} of ${app} is not about it, and stays.`,
      'Look who wrote it, and publish under a new number.',
    );
  }
  const isFirst = stored === undefined && (await store.create(app, build, bytes));
  return { app, build, sha256, stored: isFirst };
}

/** By its own words, as what is to be stored is looked at. */
function isAbout(stored: NonNullable<AttestedBuild['stored']>, sha256: string): boolean {
  const read = stored instanceof Uint8Array ? readBundles(stored) : undefined;
  const bundles = read?.kind === 'bundles' ? read.bundles : [];
  return bundles.some((bundle) => readClaim(bundle)?.subjects.includes(sha256) === true);
}

export function renderAttested({ app, build, sha256, stored }: Attested): string {
  const what = `sha256:${sha256}`;
  return stored
    ? `What is attested of build ${build} of ${app} (${what}) is stored beside it.`
    : `Something is attested of build ${build} of ${app} (${what}) already, and stays.`;
}

async function readAttested(
  request: BuildRequest,
  context: Context,
): Promise<AttestedBuild & { readonly store: AttestedBuilds }> {
  const { app, build, place } = request;
  const store = context.attested(place);
  const found = await store.read(app, build);
  if (found !== undefined) {
    refuseOther(found.of, request);
    return { ...found, store };
  }
  // It says how to find those that are.
  await readPublished(request, context);
  throw new Error(`the manifest of ${build} came while it was looked for`);
}

async function readFile(file: string, context: Context): Promise<Uint8Array> {
  const text = await context.files.readText(file);
  if (text !== undefined) return Buffer.from(text);
  throw new UsageError(`There is no file ${file}.`, 'It is `bundle-path` of actions/attest.');
}

/** A bundle of another build would be in the way of the right one for ever. */
function checkClaims(
  bytes: Uint8Array,
  {
    file,
    build,
    sha256,
  }: { readonly file: string; readonly build: string; readonly sha256: string },
): void {
  const read = readBundles(bytes);
  if (read.kind === 'unreadable') {
    throw new UsageError(
      `${file} can't be stored: ${read.why}.`,
      `It is \`bundle-path\` of actions/attest, JSON of at most ${BUNDLES_BYTES_LIMIT} bytes.`,
    );
  }
  const claims = read.bundles.map(readClaim);
  if (claims.some((claim) => claim?.predicateType !== PREDICATE_TYPE)) {
    throw new UsageError(
      `${file} can't be stored: it is no Sigstore bundle of ${PREDICATE_TYPE}.`,
      'Give actions/attest no predicate: then it attests provenance.',
    );
  }
  const other = claims.find((claim) => claim?.subjects.includes(sha256) !== true);
  if (other === undefined) return;
  throw new RefusedError(
    `${file} is not about build ${build}: its manifest has SHA-256 ${sha256}, and that attests ${other.subjects.join(', ') || 'nothing'}.`,
    'What to attest, `headgate publish --checksum <file>` writes.',
  );
}
