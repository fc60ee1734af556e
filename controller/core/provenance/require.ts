/** Which builds must prove where they come from before they enter, and what keeps one that doesn't. */
import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Block } from '../rollout/blocked.ts';
import { nameBuild, type Build } from '../state/build.ts';
import { listAllNamed } from '../state/origins.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';
import type { Findings } from './attestation.ts';

type Required = Pick<EnvironmentPolicy, 'require'>;

/**
 * Whether visitors can get this very build already: stable, canary, cohorts and split, and the kept ones,
 * which are those to go back to. A requirement that is new, or a trusted root that is lost, stops none of them.
 */
export function hasEntered(record: EnvironmentRecord | undefined, build: Build): boolean {
  const route = parseRoute(record?.route);
  if (route === undefined) return false;
  return listAllNamed(route).some(
    ([name, digest]) => name === build.build && digest === build.digest,
  );
}

/** Why this build may not enter; nothing: it may. What nobody has looked at may not. */
export function blockUnproven(
  { require }: Required,
  findings: Findings | undefined,
  build: Build,
): readonly Block[] {
  if (require === undefined) return [];
  const finding = findings?.get(build.build) ?? { kind: 'unasked' };
  switch (finding.kind) {
    case 'entered':
    case 'proven':
      return [];
    case 'refused': {
      const why = `${nameBuild(build)} has no provenance that will do: ${finding.why}`;
      return [{ kind: 'provenance', why, wayOut: finding.wayOut, since: 'ever' }];
    }
    case 'unasked': {
      // Whoever can will look: no reason to call a person.
      const why = `nobody has verified the provenance of ${nameBuild(build)} yet`;
      return [{ kind: 'provenance', why, wayOut: 'A run of `headgate reconcile` does.' }];
    }
  }
}

/** For the history: how it was proven. */
export function describeProven(
  findings: Findings | undefined,
  { build }: Build,
): readonly string[] {
  const finding = findings?.get(build);
  return finding?.kind === 'proven' ? [finding.by] : [];
}
