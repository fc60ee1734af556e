import { EDGE_FEATURES, type EdgeFeature } from '../../../edge/contract/features.ts';
import type { Route } from '../../../edge/contract/route.ts';
import type { AppPolicy, EnvironmentPolicy } from '../policy/policy.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';

interface User {
  readonly app: Pick<AppPolicy, 'origins' | 'root'>;
  readonly environment: EnvironmentPolicy;
}

/**
 * What the bundles of a group must be able to do, for all its environments together. `served`: their
 * records. An origin or a root that the policy has forgotten may still be served, and code goes out before
 * routes.
 */
export function featuresOf(
  users: readonly User[],
  served: readonly (Pick<EnvironmentRecord, 'route'> | undefined)[] = [],
): readonly EdgeFeature[] {
  const routes = served.map((record) => parseRoute(record?.route));
  const hasOrigins = routes.some((route) => route?.origins !== undefined);
  const hasRoot = routes.some((route) => route?.root !== undefined);
  return EDGE_FEATURES.filter(
    (feature) =>
      users.some((user) => USES[feature](user.environment, user.app)) ||
      (feature === 'origins' && hasOrigins) ||
      (feature === 'adopted' && hasRoot),
  );
}

/**
 * What these live routes (as text) can't be without: a gate would stand open, previews and builds
 * would not be found. `unread`: what the running code can do, when there are routes that could not be
 * read: they may rely on all of it.
 */
export function reliedOn(
  routes: readonly (string | undefined)[],
  unread: readonly EdgeFeature[],
): readonly EdgeFeature[] {
  const parsed = routes.flatMap((text) => parseRoute(text) ?? []);
  return RELIED_ON.flatMap(([feature, relies]) =>
    unread.includes(feature) || parsed.some(relies) ? feature : [],
  );
}

const RELIED_ON: readonly (readonly [EdgeFeature, (route: Route) => boolean])[] = [
  ['signed', ({ preview }) => preview === 'signed'],
  ['gate', ({ gate }) => gate !== undefined],
  ['origins', ({ origins }) => origins !== undefined],
  ['adopted', ({ root }) => root !== undefined],
];

type Uses = (environment: EnvironmentPolicy, app: User['app']) => boolean;

const USES: Readonly<Record<EdgeFeature, Uses>> = {
  session: ({ release }) => release.sessionIdleSeconds !== undefined,
  split: ({ split }) => split.length > 0,
  cohorts: ({ cohorts }) => cohorts.length > 0,
  signed: ({ preview }) => preview.access === 'signed',
  gate: ({ gate }) => gate !== undefined,
  pinned: ({ pinnedUrls }) => pinnedUrls === true,
  origins: (_environment, { origins }) => origins !== undefined,
  untrusted: ({ preview }) => preview.builds === 'all',
  beacon: ({ guard }) => guard.beacon !== undefined,
  adopted: ({ adopted }, { root }) => root !== undefined || adopted?.cookies !== undefined,
};
