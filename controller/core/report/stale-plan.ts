/** Why a reviewed plan no longer holds, subject by subject. */
import { nameSubject, type Plan, type PlanSet } from '../plan/plan.ts';

/** What a plan file must have of each plan; whatever else is in it was for people. */
type Reviewed = Pick<Plan, 'subject' | 'checksum' | 'from' | 'to' | 'changes'>;

/** More would fill the screen. */
const LIMIT = 20;

/** One line for each subject that differs: `shop/prod: reviewed build 1 -> build 2, now no change`. */
export function explainStale(
  reviewed: readonly Reviewed[],
  { plans }: Pick<PlanSet, 'plans'>,
): readonly string[] {
  const names = [...new Set([...reviewed, ...plans].map(({ subject }) => nameSubject(subject)))];
  const lines = names.flatMap((name) => {
    const before = find(reviewed, name);
    const now = find(plans, name);
    if (before?.checksum === now?.checksum) return [];
    return [`${name}: reviewed ${describe(before)}, now ${describe(now)}`];
  });
  if (lines.length <= LIMIT) return lines;
  return [...lines.slice(0, LIMIT), `and ${lines.length - LIMIT} more`];
}

function find<Some extends Reviewed>(plans: readonly Some[], name: string): Some | undefined {
  return plans.find(({ subject }) => nameSubject(subject) === name);
}

function describe(plan: Reviewed | undefined): string {
  if (plan === undefined) return 'nothing';
  const { from, to, changes } = plan;
  if (changes.length === 0) return `no change (${to})`;
  return from === to ? `${changes.length} write(s) (${to})` : `${from} -> ${to}`;
}

/** undefined: it is no plan file. Only what is needed is looked at: a newer version may have more. */
export function readPlanFile(
  value: unknown,
):
  | { readonly checksum: string; readonly plans: readonly Reviewed[]; readonly link?: string }
  | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { checksum, plans, link } = value as { readonly [Key in keyof PlanSet]?: unknown };
  if (typeof checksum !== 'string') return undefined;
  const usable = Array.isArray(plans) ? plans.filter(isReviewed) : [];
  return { checksum, plans: usable, ...(typeof link === 'string' && { link }) };
}

function isReviewed(value: unknown): value is Reviewed {
  if (typeof value !== 'object' || value === null) return false;
  const { subject, checksum, changes } = value as Partial<Reviewed>;
  return typeof subject === 'object' && typeof checksum === 'string' && Array.isArray(changes);
}
