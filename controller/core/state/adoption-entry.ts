import type { Route } from '../../../edge/contract/route.ts';
import { describeBuild, fromRef, startWith } from './build.ts';
import type { EnvironmentRecord, HistoryEntry } from './record.ts';

interface Teller {
  readonly now: Date;
  readonly by: string;
}

/** What history says of a live route that the record didn't know. */
export function adoptionEntry(
  before: EnvironmentRecord | undefined,
  route: Route,
  teller: Teller,
): HistoryEntry {
  const rolledBack = route.rollback?.gen === route.gen ? route.rollback : undefined;
  return {
    ...entryOf(before, route, teller),
    generation: route.gen,
    event: rolledBack ? 'rolled-back' : 'adopted',
    why: rolledBack
      ? `${startWith(fromRef(rolledBack.build, route.origins))} was rolled back (${rolledBack.reason}); adopted from the live route.`
      : `The live route (generation ${route.gen}) was newer than the record; adopted.`,
    build: rolledBack?.build[0] ?? route.canary?.build[0] ?? route.stable[0],
  };
}

/**
 * What was live right before this rollback, of which the rollback is all that is known.
 *
 * Worked example: a run writes its intent for generation 2; another one, with an older policy, voids
 * that intent before the route is written. Generation 2 is live nevertheless, and the run that rolls
 * it back, to 3, dies before it has told anything.
 */
export function rolledBackEntry(
  before: EnvironmentRecord,
  route: Route,
  teller: Teller,
): HistoryEntry {
  const generation = route.gen - 1;
  return {
    ...entryOf(before, route, teller),
    generation,
    event: 'adopted',
    why: `Generation ${generation} was rolled back before anything was recorded of it; adopted.`,
    build: route.rollback?.build[0] ?? route.stable[0],
  };
}

function entryOf(
  before: EnvironmentRecord | undefined,
  { stable, origins }: Route,
  teller: Teller,
) {
  const { now, by } = teller;
  const build = fromRef(stable, origins);
  const from = before === undefined ? 'no record' : `generation ${before.generation}`;
  return { at: now.toISOString(), by, from, to: describeBuild(build), stable: build, evidence: [] };
}
