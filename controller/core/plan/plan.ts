import { createHash } from 'node:crypto';
import type { NotifyPolicy } from '../policy/guard-policy.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { Train } from '../state/train.ts';
import { changeOrder, reviewable, type Change } from './change.ts';
import type { Review } from './review.ts';

export const PLAN_VERSION = 1;

export type Subject =
  | { readonly kind: 'environment'; readonly app: string; readonly environment: string }
  | { readonly kind: 'app'; readonly app: string }
  | { readonly kind: 'group'; readonly group: string };

/**
 * `forward`: visitors or settings move on. `rollback`: back to stable. `repair`: the live state
 * drifted and goes back to what the record says. `none`: nothing to write.
 */
export type Direction = 'forward' | 'rollback' | 'repair' | 'none';

/** Something that stands in the way, with whose move is next. */
export interface Refusal {
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly next: string;
  /** Place in the policy, where there is one. */
  readonly place?: { readonly file: string; readonly line: number };
}

/** What will be done to one subject, as a value: shown, saved, approved by checksum, applied. */
export interface Plan {
  readonly version: typeof PLAN_VERSION;
  readonly subject: Subject;
  /** The edge group whose code it relies on; undefined for apps. */
  readonly group?: string;
  readonly direction: Direction;
  /** Generation it was made against; 0 before the first release, and for apps and groups. */
  readonly base: number;
  /** What happens and why, one sentence. */
  readonly why: string;
  readonly from: string;
  readonly to: string;
  /** One KeyValueStore write carries this plan and those of the same train. Absent: it goes alone. */
  readonly train?: Train;
  /** In the order they are carried out. */
  readonly changes: readonly Change[];
  readonly evidence: readonly string[];
  readonly notes: readonly string[];
  readonly refusals: readonly Refusal[];
  /** When time alone will move it on. ISO 8601. */
  readonly until?: string;
  /** Whom to tell of events, when there may be some that nobody was told of. */
  readonly tell?: Tell;
  /** Of environments, where somebody is to look at it. */
  readonly review?: Review;
  /** Covers the changes and the base generation, not clock, author or observations. */
  readonly checksum: string;
}

export interface Tell {
  readonly app: string;
  readonly environment: string;
  /** Of record and history. */
  readonly place: { readonly bucket: string; readonly region: string };
  readonly notify: NotifyPolicy;
}

export interface PlanSet {
  readonly version: typeof PLAN_VERSION;
  readonly plans: readonly Plan[];
  readonly checksum: string;
  /** Where people looked at it: a comment, or the run that made it. */
  readonly link?: string;
}

export function sealPlan(draft: Omit<Plan, 'version' | 'checksum'>): Plan {
  const covered = {
    subject: draft.subject,
    base: draft.base,
    // Who else is in that write by chance is known when it is made: another app's step is no news here.
    ...(draft.train?.together && { train: draft.train }),
    changes: draft.changes.map(reviewable),
  };
  return { version: PLAN_VERSION, ...draft, checksum: digestOf(covered) };
}

/** Plans in the order they are carried out: rollbacks first, then edge code, settings, the rest. */
export function sealPlanSet(plans: readonly Plan[]): PlanSet {
  const ordered = plans
    .map((plan, index) => ({ plan, index }))
    .toSorted((a, b) => changeOrder(a.plan) - changeOrder(b.plan) || a.index - b.index)
    .map(({ plan }) => plan);
  return {
    version: PLAN_VERSION,
    plans: ordered,
    checksum: digestOf(ordered.map((plan) => plan.checksum)),
  };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

export function nameSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'environment':
      return `${subject.app}/${subject.environment}`;
    case 'app':
      return subject.app;
    case 'group':
      return `${GROUP}${subject.group}`;
  }
}

const GROUP = 'edge group ';

/** Whether `nameSubject` gave this name to an edge group. */
export function isGroupName(name: string): boolean {
  return name.startsWith(GROUP);
}

/** Our bug, then what people must mend, then what another run mends. A rollback outranks success. */
const GRAVITY: readonly ExitCode[] = [
  EXIT.ourBug,
  EXIT.usage,
  EXIT.unsafe,
  EXIT.moved,
  EXIT.rolledBack,
];

export function gravestExit(codes: readonly ExitCode[]): ExitCode {
  return GRAVITY.find((code) => codes.includes(code)) ?? EXIT.done;
}
