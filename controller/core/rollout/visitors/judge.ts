import { EVERYONE } from '../../state/route.ts';
import type { ArmCount, CountedVisitors, VisitorEvidence } from './evidence.ts';

/**
 * `few`: nothing is shown yet, either way. `unusable`: the figures are late, unreadable or don't look
 * like visitors', so they show nothing.
 */
export interface BeaconVerdict {
  readonly kind: 'pass' | 'fail' | 'few' | 'unusable';
  /** One sentence per piece of evidence. */
  readonly evidence: readonly string[];
  /** Of the canary; undefined: nobody knows. */
  readonly visitors?: number;
}

/**
 * False alarms: 5 % of all rollouts at most, whatever is looked at and how often. 3 % for errors and
 * 1 % for white screens where all visitors are read, and a tenth of 5 % at each coarser sampling.
 */
const ALPHA = { all: { errors: 0.03, whites: 0.01 }, sampled: { errors: 0.004, whites: 0.001 } };
/** That the shares don't fit is far rarer, or something is wrong with the figures. */
const UNEVEN_ALPHA = 0.0005;
const PASS_ALPHA = 0.05;

/** Of that many visitors of stable at most half may fail: else reports tell no build from another. */
const NOISY_FROM = 200;
/** Pages of stable must report so much more seldom than the canary's. */
const MUTE = 2;
/** Visitors of stable, and pages of the canary that reported: fewer may differ by chance. */
const MUTE_FROM = { stable: 100, canary: 20 };
/** Of so many visitors of both builds somebody's page reports something, where pages have the script. */
const BLIND_FROM = 50;
/** After a minute with too many visitors. */
const SURGE_SECONDS = 600;
/** A log that is silent for longer than this, and than so many times the usual gap, is late. */
const LATE_SECONDS = 600;
const LATE_GAPS = 20;

/** What the guard concludes from visitors. */
export function judgeVisitors(seen: VisitorEvidence, now: Date): BeaconVerdict {
  if (seen.kind === 'unread') {
    return { kind: 'unusable', evidence: [`visitors' reports could not be read: ${seen.why}`] };
  }
  const visitors = seen.canary.visitors * seen.sampling;
  const figures = describeFigures(seen);
  const uneven = describeUneven(seen);
  if (uneven.length > 0) return { kind: 'unusable', evidence: [...uneven, figures], visitors };
  const failures = describeFailures(seen);
  const mute = describeMute(seen, failures.length > 0);
  if (failures.length > 0 && mute.length === 0) {
    return { kind: 'fail', evidence: [...failures, figures], visitors };
  }
  const odd = [
    ...mute,
    ...describeBlind(seen),
    ...describeLate(seen, now),
    ...describeRush(seen, now),
    ...describeNoise(seen),
  ];
  if (odd.length > 0) return { kind: 'unusable', evidence: [...odd, figures], visitors };
  return seen.notDoubled >= 1 / PASS_ALPHA
    ? { kind: 'pass', evidence: [figures], visitors }
    : { kind: 'few', evidence: [`${figures}: no evidence yet`], visitors };
}

function describeFailures({ errors, whites, sampling }: CountedVisitors): readonly string[] {
  const alpha = sampling === 1 ? ALPHA.all : ALPHA.sampled;
  return [
    ...describeEvidence('visitors of the canary meet errors more often', errors, alpha.errors),
    ...describeEvidence(
      'pages of the canary stay white more often, or have no script',
      whites,
      alpha.whites,
    ),
  ];
}

function describeEvidence(what: string, evidence: number, alpha: number): readonly string[] {
  const needed = 1 / alpha;
  if (evidence < needed) return [];
  const factor = evidence > 1e6 ? 'over a million' : String(Math.floor(evidence));
  return [`${what} (evidence ${factor}, ${Math.ceil(needed)} is enough)`];
}

function describeUneven({ uneven, unevenStrays }: CountedVisitors): readonly string[] {
  const needed = 1 / UNEVEN_ALPHA;
  return [
    ...(uneven >= needed
      ? ["the canary's part of the visitors is not its weight: lines are missing, or forged"]
      : []),
    ...(unevenStrays >= needed
      ? ["more reports of visitors who never came are the canary's than its weight allows: forged"]
      : []),
  ];
}

/**
 * Builds from before the beacon have no script. Worked example: the first canary with one, of which 1 %
 * fails; stable, of which 1 % fails too, never says so. A failure is doubted at once; without one it takes more
 * visitors, for among five it is nothing special.
 */
function describeMute({ stable, canary }: CountedVisitors, isFailing: boolean): readonly string[] {
  const [ofStable, ofCanary] = [shareReporting(stable), shareReporting(canary)];
  if (ofCanary === 0 || ofStable * MUTE >= ofCanary) return [];
  const isShown = reportingOf(canary) >= MUTE_FROM.canary && decidedOf(stable) >= MUTE_FROM.stable;
  if (!isFailing && !isShown) return [];
  return ["far fewer of stable's pages than of the canary's report at all: has stable the script?"];
}

/** Neither build has the script, or nothing lets its reports through: such a guard sees nothing. */
function describeBlind({ stable, canary }: CountedVisitors): readonly string[] {
  const visitors = decidedOf(stable) + decidedOf(canary);
  if (visitors < BLIND_FROM || reportingOf(stable) + reportingOf(canary) > 0) return [];
  return ['no page of either build reports anything: have they the script (`headgate beacon`)?'];
}

/** Of those whose outcome is known. */
function shareReporting(count: ArmCount): number {
  const reporting = reportingOf(count);
  return reporting === 0 ? 0 : reporting / decidedOf(count);
}

function reportingOf({ up, failed }: ArmCount): number {
  return up + failed;
}

function decidedOf({ up, failed, white }: ArmCount): number {
  return up + failed + white;
}

function describeRush({ surgedAt }: CountedVisitors, now: Date): readonly string[] {
  if (surgedAt === undefined || now.getTime() - surgedAt > SURGE_SECONDS * 1000) return [];
  const minute = new Date(surgedAt).toISOString();
  return [`far more new visitors than usual in the minute from ${minute}: forged, or a rush`];
}

function describeNoise({ stable: { visitors, failed } }: CountedVisitors): readonly string[] {
  if (visitors < NOISY_FROM || failed * 2 < visitors) return [];
  return ['half of the visitors of stable meet errors: reports tell no build from another'];
}

function describeLate({ span }: CountedVisitors, now: Date): readonly string[] {
  if (span === undefined)
    return ['the edge has logged no visitor since the rollout began, up to 90 seconds ago'];
  const { first, last, lines } = span;
  const gap = (last - first) / lines / 1000;
  const silence = (now.getTime() - last) / 1000;
  if (silence <= Math.max(LATE_SECONDS, LATE_GAPS * gap)) return [];
  return [`the last line in the edge's log is of ${new Date(last).toISOString()}: it is late`];
}

/** `canary: 24 of 1,204 visitors met an error (1.99 %), 3 pages stayed white; stable: ...`. */
function describeFigures({ canary, stable, sampling }: CountedVisitors): string {
  const part = sampling === 1 ? '' : `, one of ${sampling} visitors read`;
  return `canary: ${describeArm(canary)}; stable: ${describeArm(stable)}${part}`;
}

function describeArm({ visitors, failed, white }: ArmCount): string {
  const share = visitors === 0 ? '' : ` (${Math.round((failed / visitors) * EVERYONE) / 100} %)`;
  const pages = white === 0 ? '' : `, ${group(white)} stayed white`;
  return `${group(failed)} of ${group(visitors)} visitors met an error${share}${pages}`;
}

function group(count: number): string {
  return count.toLocaleString('en-US');
}
