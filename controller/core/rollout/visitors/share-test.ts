/**
 * Whether the canary has a larger (or another) part of some visitors than chance gives it.
 *
 * Chance is ours: a visitor's draw is in the canary with probability `share`, whatever the visitor
 * does. So of those who failed each is the canary's with probability `share` too, if the builds are
 * alike; and with `share * ratio / (1 + share * (ratio - 1))` if the canary fails `ratio` times as
 * often. The evidence is the likelihood ratio of the two, mixed over several ratios: a martingale
 * that begins at 1, so by Ville's inequality it ever reaches 1 / alpha with probability alpha at
 * most, however often somebody looks (README.md here names the sources).
 *
 * Worked example, canary at 5 %: three failures, all the canary's. Ratio 2 alone: (2 / 1.05)^3 = 6.9.
 */

/** Ratios that are looked for, each with its part of the whole. */
export type Mixture = readonly (readonly [ratio: number, part: number])[];

/** From slightly worse to hopeless; most of it where a doubling is, for that is to be found fast. */
export const WORSE: Mixture = [
  [1.3, 0.12],
  [1.6, 0.2],
  [2, 0.3],
  [2.5, 0.14],
  [3.5, 0.1],
  [6, 0.08],
  [10, 0.06],
];

/** Too many and too few alike. */
export const UNEVEN: Mixture = [0.1, 0.5, 0.8, 0.91, 1.1, 1.25, 2, 10].map((ratio) => [
  ratio,
  1 / 8,
]);

/**
 * Too many only. Pages that were open before the rollout are stable's, and those of them whose visitor is now the
 * canary's report nothing: so honest reports without a visit are the canary's at most by weight.
 */
export const TOO_MANY: Mixture = UNEVEN.filter(([ratio]) => ratio > 1).map(([ratio]) => [
  ratio,
  1 / 4,
]);

export interface ShareTest {
  add(isCanary: boolean, share: number): void;
  /** The most evidence that there ever was, as a factor. */
  highest(): number;
}

export function createShareTest(mixture: Mixture): ShareTest {
  const logs = mixture.map(([ratio, part]) => ({
    ratio,
    gain: Math.log(ratio),
    sum: Math.log(part),
  }));
  let highest = 1;
  return {
    add(isCanary, share) {
      let evidence = 0;
      for (const one of logs) {
        one.sum += (isCanary ? one.gain : 0) - Math.log1p(share * (one.ratio - 1));
        evidence += Math.exp(one.sum);
      }
      highest = Math.max(highest, evidence);
    },
    highest: () => highest,
  };
}
