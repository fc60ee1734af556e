import type { Clash } from '../../core/publish/clash.ts';
import { sortNewest } from '../../core/publish/latest.ts';
import { keyOf } from '../../core/publish/layout.ts';
import { keys } from '../../core/state/keys.ts';
import type { Manifest } from '../../core/state/manifest.ts';
import type { StoreJob } from './flight.ts';
import type { PublishContext } from './read-build.ts';

/** Manifests that are read at most to find out who stored a file. */
const BUILDS = 20;

/** The newest build that has what is stored there; it may not have been the first. */
export async function nameOwners(
  clashes: readonly Clash[],
  { request, manifest, flight }: StoreJob,
  context: PublishContext,
): Promise<readonly Clash[]> {
  const { app, settings } = manifest;
  const place = { ...request.place, root: settings.root };
  const owners = new Map<string, string>();
  for (const base of flight.bases) addOwners(owners, base);
  const isKnown = clashes.every(({ key }) => owners.has(key));
  const parent = keys.builds({ app, root: settings.root });
  const names = isKnown ? [] : await context.publishNotes(place).folders(parent);
  for (const name of sortNewest(names).slice(0, BUILDS)) {
    if (clashes.every(({ key }) => owners.has(key))) break;
    const found = await context.builds(place).readManifest(app, name);
    if (found !== undefined) addOwners(owners, found.manifest);
  }
  return clashes.map((clash) => ({ ...clash, owner: owners.get(clash.key) }));
}

function addOwners(owners: Map<string, string>, manifest: Manifest): void {
  for (const file of manifest.files) {
    const key = keyOf(manifest, file);
    if (file.location === 'pool' && !owners.has(key)) owners.set(key, manifest.build);
  }
}
