import { ConflictError, HeadgateError } from '../../core/errors.ts';
import { parsePreviewLease, type PreviewLease } from '../../core/gc/lease.ts';
import { keys } from '../../core/state/keys.ts';
import type { CollectionStore } from '../../ports/collection-store.ts';

const TRIES = 5;

/**
 * Keeps a build from collections for as long as somebody may follow a link to it: of several links the one that
 * ends last counts. Before a link is handed out the build must be there, after this.
 */
export async function keepForPreview(
  store: Pick<CollectionStore, 'read' | 'write'>,
  { app, ...lease }: PreviewLease & { readonly app: string },
): Promise<void> {
  const key = keys.previewLease(app, lease.build);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stored = await store.read(key);
    const present = stored && parse(key, stored.bytes);
    if (present !== undefined && Date.parse(present.expires) >= Date.parse(lease.expires)) return;
    const body = Buffer.from(`${JSON.stringify(lease)}\n`);
    if ((await store.write(key, body, stored?.revision)) !== undefined) return;
  }
  throw new ConflictError(`Others write ${key} all the time.`);
}

function parse(key: string, bytes: Uint8Array): PreviewLease {
  try {
    return parsePreviewLease(Buffer.from(bytes).toString());
  } catch (cause) {
    const next = 'Look at what wrote it; collections stop at it, too.';
    throw new HeadgateError(3, `${key} is no lease of a preview.`, { next, cause });
  }
}
