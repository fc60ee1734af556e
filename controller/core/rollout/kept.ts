import type { Build } from '../state/build.ts';

/**
 * The kept list after `served` stopped being served: newest first, each build once, at most `keep`,
 * without the builds that the route names anyway.
 */
export function keepServed(
  before: { readonly kept: readonly Build[] },
  keep: number,
  { served, named }: { served: Build | undefined; named: readonly Build[] },
): readonly Build[] {
  const front = served === undefined ? before.kept : [served, ...before.kept];
  const seen = new Set(named.map((build) => build.build));
  const rest = front.filter((build) => {
    const isNew = !seen.has(build.build);
    seen.add(build.build);
    return isNew;
  });
  return rest.slice(0, keep);
}
