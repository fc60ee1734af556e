import { checkSizes } from '../../core/publish/check.ts';
import { listEtags } from '../../core/publish/known.ts';
import { layFile } from '../../core/publish/layout.ts';
import type { PublishResult } from '../../core/publish/report.ts';
import { MANIFEST_VERSION, type Manifest } from '../../core/state/manifest.ts';
import { openFlight, type Flight } from './flight.ts';
import {
  digestFiles,
  refuseProblems,
  scanDirectory,
  type PublishContext,
  type PublishRequest,
} from './read-build.ts';
import { storeBuild } from './store-build.ts';

/** Makes a build of a directory. All that can be wrong with its names is said before the first byte is sent. */
export async function publishBuild(
  request: PublishRequest,
  context: PublishContext,
): Promise<PublishResult> {
  const { app, build, directory } = request;
  const found = await scanDirectory(
    directory,
    context,
    'Build the app first, or name the directory that its build writes (often dist, build or out).',
  );
  const stop = new AbortController();
  const etags = new Map<string, string>();
  try {
    // Hashing needs a processor, all else waits for answers.
    const [digests, flight] = await Promise.all([
      digestFiles(found, { directory, signal: stop.signal, etags }, context),
      openFlight(request, found, context).then((opened) => learn(etags, opened)),
    ]);
    refuseProblems(directory, checkSizes(digests));
    const { settings, made } = flight;
    const files = digests.map(({ path, ...bytes }) => layFile(path, bytes, settings));
    const manifest: Manifest = { version: MANIFEST_VERSION, app, build, settings, made, files };
    return await storeBuild({ request, manifest, flight }, context);
  } finally {
    stop.abort();
  }
}

/** What is hashed from now on may be known already. */
function learn(etags: Map<string, string>, flight: Flight): Flight {
  const { bases, published } = flight;
  const builds = [...bases, ...(published === undefined ? [] : [published.manifest])];
  for (const [sha256, etag] of listEtags(builds)) etags.set(sha256, etag);
  return flight;
}
