import { HeadgateError } from '../../core/errors.ts';
import { planBundles, type BundlePlan } from '../../core/gc/edge-code.ts';
import type { StoredEntry } from '../../core/gc/facts.ts';
import type { EdgeGroup } from '../../core/policy/policy.ts';
import { keys } from '../../core/state/keys.ts';
import { readBundleFacts, type BundleSources } from '../../read/collection/bundles.ts';
import { Claim, holding } from './claim.ts';

export interface BundlesRequest {
  /** All groups of the policies that archive in this bucket. */
  readonly groups: readonly [EdgeGroup, ...(readonly EdgeGroup[])];
  readonly youngerSeconds: number;
  readonly graceSeconds: number;
  /** undefined: a dry run, which only reads. */
  readonly claim: { readonly token: string; readonly by: string } | undefined;
}

export interface BundlesResult {
  readonly bucket: string;
  readonly isApplied: boolean;
  readonly retired: readonly Pick<StoredEntry, 'key' | 'size'>[];
  readonly deleted: readonly Pick<StoredEntry, 'key' | 'size'>[];
  readonly restored: readonly string[];
  readonly waiting: number;
  /** Why nothing was done. */
  readonly doubt?: string;
}

/** Archived edge code that nobody can go back to, in two steps like builds; a tombstone has the code meanwhile. */
export async function collectBundles(
  request: BundlesRequest,
  context: BundleSources,
): Promise<BundlesResult> {
  const { groups, claim } = request;
  const [{ bucket }] = groups;
  try {
    const plan = await look(request, context);
    if (claim === undefined) return describe(bucket, plan, false);
    const { clock } = context;
    const place = { key: keys.codeCollection(), what: `edge code in ${bucket}`, clock };
    const store = context.collections(groups[0]);
    const held = await Claim.take({ ...place, ...claim, store });
    return await holding(held, () => apply(request, context, held));
  } catch (error) {
    // Other groups' archives, and the apps', have nothing to do with it.
    if (!(error instanceof HeadgateError)) throw error;
    return { ...describe(bucket, NOTHING, claim !== undefined), doubt: error.message };
  }
}

const NOTHING: BundlePlan = { condemned: [], restored: [], swept: [], waiting: [] };

async function look(request: BundlesRequest, context: BundleSources): Promise<BundlePlan> {
  return planBundles({ ...request, ...(await readBundleFacts(request.groups, context)) });
}

async function apply(
  request: BundlesRequest,
  context: BundleSources,
  claim: Claim,
): Promise<BundlesResult> {
  const { bucket } = request.groups[0];
  const store = context.collections(request.groups[0]);
  const plan = await look(request, context);
  await restore(request, context, plan);
  const retired: BundlePlan['condemned'][number][] = [];
  for (const entry of plan.condemned) {
    await claim.hold();
    if (await retire(request, context, { entry, isFresh: claim.isFresh })) retired.push(entry);
  }
  for (const { key, revision } of plan.swept) {
    await claim.hold();
    const { swept } = await look(request, context);
    if (swept.some((one) => one.key === key)) await store.removeIf(key, revision);
  }
  return describe(bucket, { ...plan, condemned: retired }, true);
}

interface Retired {
  readonly entry: BundlePlan['condemned'][number];
  readonly isFresh: () => boolean;
}

/** The tombstone, a second look, the bundle, a third look: a reconcile may have found it, and be about to record it. */
async function retire(
  request: BundlesRequest,
  context: BundleSources,
  { entry: { key, hash }, isFresh }: Retired,
): Promise<boolean> {
  const place = request.groups[0];
  const store = context.collections(place);
  const code = await context.archive(place).read(hash);
  if (code === undefined) return false;
  const tombstone = { version: 1, hash, at: context.clock.now().toISOString(), code };
  const body = Buffer.from(`${JSON.stringify(tombstone)}\n`);
  const revision = await store.write(keys.codeTombstone(hash), body, undefined);
  // Another one is there, so the next collection begins anew.
  if (revision === undefined) return false;
  const { condemned } = await look(request, context);
  if (!condemned.some((one) => one.hash === hash)) {
    await store.removeIf(keys.codeTombstone(hash), revision);
    return false;
  }
  await store.remove([key], isFresh);
  const again = await look(request, context);
  await restore(request, context, again);
  return again.restored.every((one) => one.tombstone.hash !== hash);
}

async function restore(
  { groups: [place] }: BundlesRequest,
  context: BundleSources,
  { restored }: BundlePlan,
): Promise<void> {
  for (const { key, revision, tombstone } of restored) {
    await context.archive(place).write(tombstone.hash, tombstone.code);
    await context.collections(place).removeIf(key, revision);
  }
}

function describe(
  bucket: string,
  { condemned, swept, restored, waiting }: BundlePlan,
  isApplied: boolean,
): BundlesResult {
  return {
    bucket,
    isApplied,
    retired: condemned.map(outline),
    deleted: swept.map(outline),
    restored: restored.map(({ tombstone: { hash } }) => hash),
    waiting: waiting.length,
  };
}

function outline({ key, size }: StoredEntry): Pick<StoredEntry, 'key' | 'size'> {
  return { key, size };
}
