import type { State } from '../state/record.ts';

/** A state in a few words: `build 1042`, `build 1043 at 25 %, stable 1042`. */
export function describeState(state: State | undefined): string {
  if (state === undefined) return 'nothing';
  const stable = state.stable.build;
  if (state.rollout !== undefined) {
    const { canary, weightBasisPoints } = state.rollout;
    return `build ${canary.build} at ${weightBasisPoints / 100} %, stable ${stable}`;
  }
  return state.phase === 'held' ? `build ${stable} (held)` : `build ${stable}`;
}
