/** How one environment stands in a plan: what a reviewer sorts by. */
import type { Plan } from '../../plan/plan.ts';

/** The gravest first: the last are left out first where not all fit. */
const STANDINGS = ['rollback', 'refused', 'move', 'blocked', 'repair', 'underway', 'idle'] as const;

export type Standing = (typeof STANDINGS)[number];

export function standingOf({ direction, refusals, changes, review }: Plan): Standing {
  if (direction === 'rollback') return 'rollback';
  if (refusals.length > 0) return 'refused';
  if ((review?.blockers.length ?? 0) > 0) return 'blocked';
  if (direction === 'forward') return 'move';
  if (changes.length > 0) return 'repair';
  return (review?.ahead.length ?? 0) > 0 ? 'underway' : 'idle';
}

/** 0: the gravest. */
export function rankOf(standing: Standing): number {
  return STANDINGS.indexOf(standing);
}

export interface Standings {
  readonly environments: readonly { readonly plan: Plan; readonly standing: Standing }[];
  readonly groups: readonly Plan[];
  readonly apps: readonly Plan[];
}

/** Environments by standing, then as they are carried out. */
export function sortPlans(plans: readonly Plan[]): Standings {
  const ofKind = (kind: Plan['subject']['kind']) =>
    plans.filter(({ subject }) => subject.kind === kind);
  const environments = ofKind('environment').map((plan) => ({ plan, standing: standingOf(plan) }));
  return {
    environments: environments.toSorted((a, b) => rankOf(a.standing) - rankOf(b.standing)),
    groups: ofKind('group'),
    apps: ofKind('app'),
  };
}
