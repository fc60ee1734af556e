/**
 * What the edge writes into its log about visitors of a release, and the guard reads: one
 * space-delimited line. CloudFront puts the request's id in front, so filters on JSON don't match.
 *
 * Worked example: `headgate 1 shop prod canary e 1043 57 500 524288`: a visitor with slot 524288 in
 * the canary's 5 % (rollout 57, build 1043) met an uncaught error.
 */

export const LINE_TAG = 'headgate';
export const LINE_VERSION = 1;

/** The browser's reports arrive here, as `?k=<kind>`. */
export const REPORT_PATH = '/_headgate/errors';

/** Which draw gave the visitor the build. Cohorts, previews and crawlers write no line. */
export type Arm = 'stable' | 'canary' | 'split';

/**
 * `n`: the edge sent a navigation there. From the browser: `o` the page came up and went on without
 * an error; `e` an uncaught error, `r` an unhandled rejection, `c` a script or style that did not load.
 */
export type LineKind = 'n' | 'o' | 'e' | 'r' | 'c';

/** In this order, behind tag and version. */
export interface VisitorLine {
  readonly app: string;
  readonly environment: string;
  readonly arm: Arm;
  readonly kind: LineKind;
  /** By the live route, never by what the browser says. */
  readonly build: string;
  /** Salt of the canary in the route; 0: there is none. */
  readonly salt: number;
  /** The canary's weight in basis points; 0: there is none. */
  readonly weightBasisPoints: number;
  readonly slot: number;
}
