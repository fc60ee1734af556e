import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import type { Route } from '../../../../edge/contract/route.ts';
import type { Actor } from './actors.ts';
import { Violation } from './violation.ts';

interface Moved {
  readonly before: Route | undefined;
  readonly next: Route;
  readonly actor: Actor;
  /** As the actor has it. */
  readonly policy: EnvironmentPolicy;
  /** The step of the rollout before it moved; a policy edit may have changed what that stands for. */
  readonly step: number | undefined;
}

/** What keeps a build back: a freeze of the policy that the actor has. */
export function checkGates(moved: Moved): void {
  if (moved.actor.errand.do !== 'reconcile' || !givesMore(moved)) return;
  checkFreeze(moved);
  checkApproval(moved);
}

function givesMore({ before, next }: Moved): boolean {
  if (before === undefined) return true;
  const { canary } = next;
  if (canary === undefined) return false;
  return canary.salt !== before.canary?.salt || canary.weight > before.canary.weight;
}

function checkFreeze({ actor, policy, next }: Moved): void {
  if ((policy.freeze ?? []).length === 0) return;
  throw new Violation('frozen', `${actor.name} went on with generation ${next.gen}`);
}

/** Beyond a step that holds for approval, and nobody approved. */
function checkApproval({ actor, policy, before, next, step }: Moved): void {
  const { canary } = next;
  const former = before?.canary;
  if (canary === undefined || former?.salt !== canary.salt) return;
  const { steps, approved } = policy.release;
  const held = steps[step ?? steps.length];
  if (held?.approval === undefined || held.weightBasisPoints !== former.weight) return;
  const isApproved =
    approved?.rollout === canary.salt &&
    approved.build === canary.build[0] &&
    approved.weightBasisPoints >= former.weight;
  if (isApproved) return;
  throw new Violation('approval', `${actor.name} left step ${former.weight} of ${canary.salt}`);
}
