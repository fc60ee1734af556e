/**
 * What the edge writes into its log about visitors of a release, and the guard reads: one
 * space-delimited line. CloudFront puts the request's id in front, so filters on JSON don't match.
 *
 * Worked example: `headgate 1 shop prod canary e 1043 57 500 524288`: a visitor with slot 524288 in
 * the canary's 5 % (rollout 57, build 1043) met an uncaught error.
 */

export const LINE_TAG = 'headgate';
export const LINE_VERSION = 1;

/** A slot is 0 to SLOTS - 1: enough to be sticky, too few to identify anyone. */
export const SLOTS = 1048576;

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

// CloudFront puts `<request id> ` in front, Lambda `<time>\t<request id>\tINFO\t` (documented shapes), and
// a line break may end what Lambda logged. With anything else before or behind it, it isn't ours.
const LINE =
  /^(?:[\w=-]{1,80} |[\dT:.Z-]{20,30}\t[\w-]{1,64}\tINFO\t)?headgate 1 ([A-Za-z\d][\w.-]{0,63}) ([A-Za-z\d][\w.-]{0,63}) (stable|canary|split) ([noerc]) ([A-Za-z\d][\w.-]{0,63}) (0|[1-9]\d{0,14}) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,6})\n?$/;

/** Undefined: not a line that this version of the edge could have written. */
export function parseVisitorLine(text: string): VisitorLine | undefined {
  const parts = LINE.exec(text);
  if (!parts) return undefined;
  const part = (index: number) => parts[index] as string;
  const line = {
    app: part(1),
    environment: part(2),
    arm: part(3) as Arm,
    kind: part(4) as LineKind,
    build: part(5),
    salt: +part(6),
    weightBasisPoints: +part(7),
    slot: +part(8),
  };
  const isPossible =
    line.weightBasisPoints <= 10000 &&
    line.slot < SLOTS &&
    // Of nothing nobody gets a share.
    (line.arm !== 'canary' || line.weightBasisPoints > 0);
  return isPossible ? line : undefined;
}
