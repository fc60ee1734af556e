import { HeadgateError } from '../core/errors.ts';
import type { PublishedBuild } from '../core/plan/facts.ts';
import type { AppPolicy } from '../core/policy/policy.ts';
import type { ProvenancePolicy } from '../core/policy/provenance.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Finding, Findings } from '../core/provenance/attestation.ts';
import { explainSize, readBundles } from '../core/provenance/bundle.ts';
import { judgeProvenance, WAY_OUT } from '../core/provenance/judge.ts';
import { hasEntered } from '../core/provenance/require.ts';
import type { Build } from '../core/state/build.ts';
import { isSameBuild } from '../core/state/manifest.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { AttestedBuild } from '../ports/attested-builds.ts';
import type { Context } from '../ports/context.ts';

interface Known {
  readonly record: EnvironmentRecord | undefined;
  readonly builds: ReadonlyMap<string, PublishedBuild>;
}

/** Where the builds come from that an environment's policy names; undefined: it requires nothing of them. */
export async function readProvenance(
  context: Context,
  { app, environment }: EnvironmentSubject,
  { record, builds }: Known,
): Promise<Findings | undefined> {
  if (environment.require === undefined) return undefined;
  const found = await Promise.all(
    [...builds].map(async ([number, { build }]) => {
      const finding: Finding = hasEntered(record, build)
        ? { kind: 'entered' }
        : await find(context, app, build);
      return [number, finding] as const;
    }),
  );
  return new Map(found);
}

async function find(
  context: Context,
  { app, bucket, region, root, provenance: policy }: AppPolicy,
  build: Build,
): Promise<Finding> {
  const { attestations } = context;
  if (build.origin !== undefined) return refuse('a whole origin has no manifest to attest');
  if (attestations === undefined || policy === undefined) return { kind: 'unasked' };
  try {
    const attested = await context.attested({ bucket, region, root }).read(app, build.build);
    const usable = findUsable(attested, app, build);
    if (typeof usable === 'string') return refuse(usable);
    const trustedRoot = await context.files.readText(policy.trustedRoot);
    if (trustedRoot === undefined) return refuseRoot(policy);
    const verified = await attestations.verify(usable.bundles, trustedRoot);
    return judgeProvenance(policy, usable.sha256, verified);
  } catch (error) {
    // Not knowing keeps this build out, and nothing else: the guard's rollback doesn't wait for it.
    const why = error instanceof Error ? error.message : String(error);
    return refuse(
      `it can't be read: ${why}`,
      error instanceof HeadgateError ? error.next : WAY_OUT,
    );
  }
}

/** What is stored, or why it is of no use. */
function findUsable(
  attested: AttestedBuild | undefined,
  app: string,
  { build, digest }: Build,
): { readonly sha256: string; readonly bundles: readonly unknown[] } | string {
  // Read a moment after the rest: a manifest never changes, unless somebody changes it.
  if (attested?.sha256.startsWith(digest) !== true) return 'its manifest changed while it was read';
  const { of, sha256, stored } = attested;
  // It may well be attested, and is another build: an old one in the place of a new one.
  if (!isSameBuild(of, { app, build })) {
    return `its manifest is that of build ${of.build} of ${of.app}`;
  }
  if (stored === undefined) return `nothing is stored of it (headgate build attest ${build})`;
  if (!(stored instanceof Uint8Array)) return explainSize(stored.bytes);
  const read = readBundles(stored);
  return read.kind === 'bundles' ? { sha256, bundles: read.bundles } : read.why;
}

function refuse(why: string, wayOut = WAY_OUT): Finding {
  return { kind: 'refused', why, wayOut };
}

function refuseRoot({ trustedRoot }: ProvenancePolicy): Finding {
  const why = `there is no ${trustedRoot} to verify it with`;
  return refuse(
    why,
    `gh attestation trusted-root > ${trustedRoot}, look at who it trusts, and commit it.`,
  );
}
