import { findEjection } from '../state/pause.ts';
import type { EjectFacts } from './plan.ts';
import { isStandalone } from './standalone.ts';

export interface Left {
  readonly how: 'function' | 'plain';
  /** What the ejection left there: the record may have moved since. */
  readonly build: string;
}

/** How an environment was left, if it was; undefined: our functions run, or somebody else took them off. */
export function findLeft({ record, distribution }: EjectFacts): Left | undefined {
  const build = findEjection(record?.pause);
  if (build === undefined) return undefined;
  const behaviours = distribution?.behaviours ?? [];
  const isFunction = behaviours.some(({ viewerRequestArn = '' }) => isStandalone(viewerRequestArn));
  return { how: isFunction ? 'function' : 'plain', build };
}
