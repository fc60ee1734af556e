/**
 * What the policies of an edge group may use at the edge; what none of them uses is left out of the
 * group's bundles.
 */
export type EdgeFeature =
  | 'session'
  | 'split'
  | 'cohorts'
  | 'signed'
  | 'gate'
  | 'pinned'
  | 'origins'
  | 'untrusted'
  | 'adopted'
  | 'beacon';

export const EDGE_FEATURES: readonly EdgeFeature[] = [
  'session',
  'split',
  'cohorts',
  'signed',
  'gate',
  'pinned',
  'origins',
  'untrusted',
  'adopted',
  'beacon',
];
