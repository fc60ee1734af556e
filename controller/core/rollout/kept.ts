import type { Build } from '../state/build.ts';

/**
 * The kept list after `served` stopped being served: newest first, each build once, at most `keep`,
 * without the builds the route names anyway.
 */
export function keepBuild(
  kept: readonly Build[],
  served: Build | undefined,
  keep: number,
  named: readonly Build[],
): readonly Build[] {
  const front = served === undefined ? kept : [served, ...kept];
  const numbers = new Set(named.map((build) => build.build));
  const rest = front.filter((build) => {
    const isNew = !numbers.has(build.build);
    numbers.add(build.build);
    return isNew;
  });
  return rest.slice(0, keep);
}
