import { checkDirectory, checkSecrets, type Directory } from '../../core/publish/check.ts';
import {
  DEFAULT_SETTINGS,
  type Made,
  type Manifest,
  type PublishSettings,
} from '../../core/state/manifest.ts';
import type { BuildStore } from '../../ports/build-store.ts';
import { CollectionWatch } from './collection.ts';
import { readHinted, readHints, readNewest } from './find-base.ts';
import { Lease } from './lease.ts';
import {
  refuseProblems,
  refuseReserved,
  type PublishContext,
  type PublishRequest,
} from './read-build.ts';
import { readMade } from './read-made.ts';

/** A publish on its way: what it holds, and what it has found. */
export interface Flight {
  readonly settings: PublishSettings;
  readonly made: Made;
  readonly lease: Lease;
  /** Looks while files are hashed. */
  readonly watch: CollectionWatch;
  /** Earlier builds whose pooled files are there as long as their manifests are. */
  readonly bases: readonly Manifest[];
  /** This build, from an earlier run or another runner. */
  readonly published: Awaited<ReturnType<BuildStore['readManifest']>>;
  /** An earlier run of it didn't come to its end. */
  readonly isResumed: boolean;
}

/** What is published, and all that is known of what is there. */
export interface StoreJob {
  readonly request: PublishRequest;
  readonly manifest: Manifest;
  readonly flight: Flight;
}

/** Checks what can be checked without reading files, takes the lease, and reads what is stored. */
export async function openFlight(
  request: PublishRequest,
  found: Directory,
  context: PublishContext,
): Promise<Flight> {
  const { app, build, directory } = request;
  const notes = context.publishNotes(request.place);
  const lease = new Lease({ app, build, notes, clock: context.clock });
  const [stored, hints, isResumed, made] = await Promise.all([
    context.builds(request.place).readSettings(app),
    readHints(request, context),
    lease.isThere(),
    readMade(build, context),
  ]);
  const settings = stored ?? DEFAULT_SETTINGS;
  const { root } = settings;
  refuseReserved({ app, root }, build);
  refuseProblems(directory, [
    ...checkDirectory(found, { app, build, settings }),
    ...checkSecrets(found, settings),
  ]);
  const there = { ...request, place: { ...request.place, root } };
  const take = (base: string | undefined) => lease.take({ base, runner: made.run });
  const hinting = readHinted(there, hints, context);
  // One that somebody names may be no build, and that is said before anything is written.
  if (request.base !== undefined) await hinting;
  // What is read beside the lease, and not after it, is looked at once more before anything depends on it.
  const [hinted, published] = await Promise.all([
    hinting,
    context.builds(there.place).readManifest(app, build),
    take(hints[0]),
  ]);
  const isKnown = hinted.length > 0 || published !== undefined;
  const bases = isKnown ? hinted : await readNewest(there, take, context);
  const watch = new CollectionWatch({ ...request, lease }, context);
  return { settings, made, lease, watch, bases, published, isResumed };
}
