import { keepServed } from '../rollout/kept.ts';
import { fromRef, type Build } from '../state/build.ts';
import { listNamed } from '../state/named-builds.ts';
import type { State } from '../state/record.ts';
import { parseRoute, renderRoute } from '../state/route.ts';
import type { EnvironmentFacts } from './facts.ts';

/** Builds that leave cohorts and split are kept: their open pages go on getting their files. */
export function keepLeaving(facts: EnvironmentFacts, state: State): State {
  const canary = state.rollout?.canary;
  const served = [state.stable, ...(canary === undefined ? [] : [canary])];
  const next = namedBy(renderRoute(state, facts, 0));
  const named = [...served, ...next];
  const leaving = namedBy(facts.adoption.record?.route).filter((build) =>
    named.every((other) => other.build !== build.build),
  );
  const { keep } = facts.environment.release;
  const kept = leaving.reduceRight(
    (before, build) => keepServed({ kept: before }, keep, { served: build, named: served }),
    state.kept,
  );
  return { ...state, kept };
}

function namedBy(text: string | undefined): readonly Build[] {
  const route = parseRoute(text);
  return listNamed(route).map((ref) => fromRef(ref, route?.origins));
}
