/** Requests that a build must answer before its rollout starts, and at the end of each step. */
import type { SmokeCheck } from '../policy/policy.ts';
import type { Build } from '../state/build.ts';
import type { Block } from './blocked.ts';
import type { Verdict } from './verdict.ts';

/** What the build that would get more visitors answered, one sentence per check. */
export interface SmokeSeen extends SmokeResult {
  /** Whom it is about. */
  readonly digest: string;
}

interface SmokeResult {
  /** Answered, and not as it should be, each time. */
  readonly wrong: readonly string[];
  /** Not answered, or not by that build. */
  readonly unanswered: readonly string[];
  /** Also what can't be asked before the first step. */
  readonly passed: readonly string[];
}

/** One attempt at one check. */
export type SmokeAnswer =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong' | 'unanswered'; readonly why: string };

/** What came back, as far as a check looks at it. */
export interface Response {
  readonly status: number;
  /** The build that says it answered; CloudFront lets no function say so of a 4xx or 5xx. */
  readonly build: string | undefined;
  readonly body: string;
}

/**
 * Another build's answer is no evidence about this one. Worked example: 1043 is asked, its preview has
 * just expired, and stable answers 404 for a page that it hasn't got: unanswered, not wrong.
 */
export function judgeAnswer(
  { path, status, contains }: SmokeCheck,
  build: string,
  response: Response | { readonly error: string },
): SmokeAnswer {
  if ('error' in response) {
    return { kind: 'unanswered', why: `smoke: GET ${path}: ${response.error}` };
  }
  const got = `smoke: GET ${path} answered ${response.status}`;
  if (response.build !== undefined && response.build !== build) {
    return {
      kind: 'unanswered',
      why: `${got}, but as ${response.build}: the preview was not taken`,
    };
  }
  if (response.status !== status) return { kind: 'wrong', why: `${got} instead of ${status}` };
  if (contains !== undefined && !response.body.includes(contains)) {
    return { kind: 'wrong', why: `${got} without ${JSON.stringify(contains)}` };
  }
  return { kind: 'right' };
}

/** Wrong is what was wrong each time; one attempt without an answer leaves it open. */
export function concludeCheck(check: SmokeCheck, attempts: readonly SmokeAnswer[]): SmokeResult {
  const none: SmokeResult = { wrong: [], unanswered: [], passed: [] };
  const failures = attempts.flatMap((attempt) => (attempt.kind === 'right' ? [] : [attempt]));
  if (failures.length < attempts.length) {
    return { ...none, passed: [`smoke: GET ${check.path} answered ${check.status}`] };
  }
  const unanswered = failures.find(({ kind }) => kind === 'unanswered');
  if (unanswered !== undefined) return { ...none, unanswered: [unanswered.why] };
  const why = failures.at(-1)?.why;
  return why === undefined ? none : { ...none, wrong: [`${why}, ${attempts.length} times`] };
}

const WRONG_WAY_OUT = 'Fix forward with a new build, or correct `release.smoke`.';
const UNANSWERED_WAY_OUT =
  'Run it again where the host can be asked; `HEADGATE_EDGE_ENDPOINT` sends `release.smoke` elsewhere.';

/** Before the first step: whoever named the build must hear at once that it can't start. */
export function findSmokeBlocks(seen: SmokeSeen | undefined): readonly Block[] {
  const { wrong = [], unanswered = [] } = seen ?? {};
  return [
    ...wrong.map((why): Block => ({ kind: 'smoke', why, wayOut: WRONG_WAY_OUT, since: 'ever' })),
    ...unanswered.map((why): Block => ({
      kind: 'smoke',
      why,
      wayOut: UNANSWERED_WAY_OUT,
      since: 'ever',
    })),
  ];
}

/** The verdict with the answers of this build: a wrong one fails, a missing one is a lack of evidence. */
export function withSmoke(
  verdict: Verdict,
  seen: SmokeSeen | undefined,
  { digest }: Build,
): Verdict {
  if (seen?.digest !== digest || verdict.kind === 'fail') return verdict;
  const { wrong, unanswered, passed } = seen;
  if (wrong.length > 0) return { kind: 'fail', evidence: [...wrong, ...verdict.evidence] };
  if (unanswered.length === 0) return { ...verdict, evidence: [...verdict.evidence, ...passed] };
  const waits = verdict.kind === 'insufficient' ? verdict.evidence : [];
  return { ...verdict, kind: 'insufficient', evidence: [...waits, ...unanswered] };
}
