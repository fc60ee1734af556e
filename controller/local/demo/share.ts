/** How many of `visitors` may get a build of that weight before we call it wrong. */
export interface ShareBounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Five standard deviations of the binomial, plus one visitor: a right share is called wrong less
 * than once in a million runs. 5 % of 2,000 visitors: 100, give or take 50.
 */
export function boundShare(weightBasisPoints: number, visitors: number): ShareBounds {
  const share = weightBasisPoints / 10_000;
  const expected = visitors * share;
  const tolerance = 5 * Math.sqrt(expected * (1 - share)) + (share === 0 || share === 1 ? 0 : 1);
  return {
    low: Math.max(0, Math.floor(expected - tolerance)),
    high: Math.min(visitors, Math.ceil(expected + tolerance)),
  };
}

/** 500 -> `5 %` */
export function formatWeight(basisPoints: number): string {
  return `${basisPoints / 100} %`;
}
