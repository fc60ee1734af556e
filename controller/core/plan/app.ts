import { isSameCopy, refuseCopy, type PolicyCopy } from '../policy/policy-copy.ts';
import type { AppPolicy } from '../policy/policy.ts';
import type { PublishSettings } from '../state/manifest.ts';
import { sealPlan, type Plan } from './plan.ts';
import { planSettings } from './settings.ts';

export interface AppFacts {
  readonly app: AppPolicy;
  readonly settings: PublishSettings | undefined;
  /** What the fast lane has, with its revision; undefined: nothing yet. */
  readonly stored: { readonly copy: PolicyCopy; readonly revision: string } | undefined;
  /** What it should have; undefined: this run has no texts that may be passed on. */
  readonly copy: PolicyCopy | undefined;
}

/**
 * What belongs to an app and to none of its environments. Carried out before any environment moves
 * forward: a fast lane that had the former policy would take the new one's moves back.
 */
export function planApp({ app, settings, stored, copy }: AppFacts): Plan {
  const plan = planSettings(app, settings);
  if (copy === undefined || (stored !== undefined && isSameCopy(stored.copy, copy))) return plan;
  const refused = stored && refuseCopy(stored.copy, copy);
  if (refused !== undefined) return sealPlan({ ...plan, notes: [...plan.notes, refused] });
  const place = { bucket: app.bucket, region: app.region };
  const change = { kind: 'write-policy-copy', place, copy, revision: stored?.revision } as const;
  return sealPlan({
    ...plan,
    direction: 'forward',
    why: plan.changes.length > 0 ? plan.why : 'The fast lane follows the policy.',
    changes: [...plan.changes, change],
  });
}
