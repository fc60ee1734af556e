import { describeBuild } from '../state/build.ts';
import type { State } from '../state/record.ts';

/** A state in a few words: `build 1042`, `build 1043 at 25 %, stable 1042`, `origin green (https://...)`. */
export function describeState(state: State | undefined): string {
  if (state === undefined) return 'nothing';
  const stable = describeBuild(state.stable);
  if (state.rollout !== undefined) {
    const { canary, weightBasisPoints } = state.rollout;
    const share = `${describeBuild(canary)} at ${weightBasisPoints / 100} %`;
    return `${share}, stable ${stable.replace(/^build /, '')}`;
  }
  return state.phase === 'held' ? `${stable} (held)` : stable;
}

/** Where an environment's edge reads its route. */
export function nameStore(store: string | undefined): string {
  return store === undefined ? 'SSM for Lambda@Edge' : `KeyValueStore ${store}`;
}
