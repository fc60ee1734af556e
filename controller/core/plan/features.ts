import { EDGE_FEATURES, type EdgeFeature } from '../../../edge/contract/features.ts';
import type { EnvironmentPolicy } from '../policy/policy.ts';

/** What the bundles of a group must be able to do, for all its environments together. */
export function featuresOf(environments: readonly EnvironmentPolicy[]): readonly EdgeFeature[] {
  return EDGE_FEATURES.filter((feature) => environments.some(USES[feature]));
}

const USES: Readonly<Record<EdgeFeature, (environment: EnvironmentPolicy) => boolean>> = {
  session: ({ release }) => release.sessionIdleSeconds !== undefined,
  split: ({ split }) => split.length > 0,
  cohorts: ({ cohorts }) => cohorts.length > 0,
  signed: ({ preview }) => preview.access === 'signed',
  gate: ({ gate }) => gate !== undefined,
  pinned: ({ pinnedUrls }) => pinnedUrls === true,
  origins: () => false,
  untrusted: ({ preview }) => preview.builds === 'all',
  adopted: ({ adopted }) => adopted !== undefined,
};
