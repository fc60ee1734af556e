import type { Condemned } from '../../core/gc/plan.ts';
import { TOMBSTONE_VERSION, type Tombstone } from '../../core/gc/tombstone.ts';
import { keys } from '../../core/state/keys.ts';
import type { CollectionStore } from '../../ports/collection-store.ts';

/** Writes the tombstones of these builds, with the bytes of their manifests; returns those that were written. */
export async function bury(
  store: CollectionStore,
  app: string,
  { batch, now }: { readonly batch: readonly Condemned[]; readonly now: () => Date },
): Promise<readonly Tombstone[]> {
  const buried: Tombstone[] = [];
  for (const { build, why, hasManifest, pooled, own } of batch) {
    const object = hasManifest ? await store.read(keys.manifest({ app }, build)) : undefined;
    // Removed meanwhile, by `build remove`: the next collection finds what is left of it.
    if (hasManifest && object === undefined) continue;
    const tombstone: Tombstone = {
      version: TOMBSTONE_VERSION,
      build,
      at: now().toISOString(),
      why,
      ...(object && { manifest: Buffer.from(object.bytes).toString('base64') }),
      pooled: [...pooled],
      own,
    };
    const key = keys.tombstone(app, build);
    const body = Buffer.from(`${JSON.stringify(tombstone)}\n`);
    const written = await store.write(key, body, undefined);
    // Another one is there: its time is not ours, so the next collection begins anew.
    if (written !== undefined) buried.push(tombstone);
  }
  return buried;
}

/** Byte for byte as it was, so that the build has the digest that records name. The tombstone goes last. */
export async function restore(
  store: CollectionStore,
  app: string,
  { tombstone, isFresh }: { readonly tombstone: Tombstone; readonly isFresh: () => boolean },
): Promise<void> {
  const { build, manifest } = tombstone;
  if (manifest === undefined) return;
  // Taken: somebody published the same build again, which is as good.
  await store.write(keys.manifest({ app }, build), Buffer.from(manifest, 'base64'), undefined);
  await store.remove(tombstonesOf(app, [tombstone]), isFresh);
}

export function tombstonesOf(app: string, tombstones: readonly Tombstone[]): readonly string[] {
  return tombstones.map(({ build }) => keys.tombstone(app, build));
}
