/** What a plan says where hashed names are looked for elsewhere from now on. */
import type { AppPolicy } from '../policy/policy.ts';
import type { EnvironmentRecord, State } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';
import { nameBuild } from '../state/build.ts';
import type { EnvironmentFacts } from './facts.ts';

/** Whether the next route has other pool patterns than the live one: then builds that are only kept are looked at, too. */
export function movesPool(
  { pool }: Pick<AppPolicy, 'pool'>,
  record: Pick<EnvironmentRecord, 'route'> | undefined,
): boolean {
  const live = parseRoute(record?.route)?.pool;
  return live !== undefined && render(live) !== render(pool);
}

/** Nobody is served kept builds any more, so they stop nothing; but pages that are open still ask for their files. */
export function explainPool(
  { app, adoption, builds }: Pick<EnvironmentFacts, 'app' | 'adoption' | 'builds'>,
  { kept }: Pick<State, 'kept'>,
): readonly string[] {
  const before = parseRoute(adoption.record?.route)?.pool;
  if (before === undefined || !movesPool(app, adoption.record)) return [];
  const lost = kept.flatMap((build) => {
    const misplaced = builds.get(build.build)?.misplaced ?? [];
    if (misplaced.length === 0) return [];
    const files = `${misplaced.length} of its files (${misplaced[0]})`;
    return [
      `warning: open pages of ${nameBuild(build)} get 404 for ${files}: they lie where the route no longer looks`,
    ];
  });
  return [`pool patterns: ${render(before)} -> ${render(app.pool)}`, ...lost];
}

/** A live route may be anyone's, and lack what it should have. */
function render({ include = [], exclude = [] }: Partial<AppPolicy['pool']>): string {
  const without = exclude.length > 0 ? ` without ${exclude.join(', ')}` : '';
  return `${include.join(', ') || 'none'}${without}`;
}
