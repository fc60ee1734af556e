import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import { changeBehaviours, DEFAULT_PATTERN } from './change-behaviours.ts';

/** The path of the origin that the behaviour asks; `from` absent: whatever it is. */
interface Move {
  readonly from?: string;
  readonly to: string;
}

/**
 * The configuration with the behaviour asking the same origin below another path: through an origin that
 * is there already, or a new one. Changing the origin itself would take others along that ask it.
 */
export function movedTo(
  config: DistributionConfig,
  pattern: string,
  { from, to }: Move,
): DistributionConfig {
  const present = findTarget(config, pattern);
  if (present === undefined || pathOf(present) === to) return config;
  if (from !== undefined && pathOf(present) !== from) return config;
  const origins = config.Origins?.Items ?? [];
  const known = origins.find((origin) => isSame(origin, { ...present, OriginPath: to }));
  const origin = known ?? { ...present, Id: nameNew(config, present, to), OriginPath: to };
  const items = known === undefined ? [...origins, origin] : origins;
  const moved = changeBehaviours(config, (_, one) =>
    one === pattern ? { TargetOriginId: origin.Id } : {},
  );
  return { ...moved, Origins: { Quantity: items.length, Items: items } };
}

/** Of a group the first member: a second one that answers for the first has nothing to do behind a build's prefix. */
function findTarget(config: DistributionConfig, pattern: string): Origin | undefined {
  const behaviour =
    pattern === DEFAULT_PATTERN
      ? config.DefaultCacheBehavior
      : config.CacheBehaviors?.Items?.find(({ PathPattern }) => PathPattern === pattern);
  const target = behaviour?.TargetOriginId;
  const group = config.OriginGroups?.Items?.find(({ Id }) => Id === target);
  const id = group?.Members?.Items?.[0]?.OriginId ?? target;
  return config.Origins?.Items?.find((origin) => origin.Id === id);
}

function pathOf({ OriginPath = '' }: Origin): string {
  return OriginPath;
}

/** All but the name: another one may ask with other headers, or as somebody else. */
function isSame(one: Origin, other: Origin): boolean {
  return describe(one) === describe(other);
}

function describe({ Id: _id, ...rest }: Origin): string {
  return JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function nameNew(config: DistributionConfig, { Id = '' }: Origin, path: string): string {
  const taken = [
    ...(config.Origins?.Items ?? []).map((origin) => origin.Id),
    ...(config.OriginGroups?.Items ?? []).map((group) => group.Id),
  ];
  const last = path.split('/').at(-1) ?? '';
  const name = `${Id}-${last === '' ? 'top' : last}`;
  const names = [name, ...taken.map((_, index) => `${name}-${index + 2}`)];
  return names.find((one) => !taken.includes(one)) ?? name;
}
