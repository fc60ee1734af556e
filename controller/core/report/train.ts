import { nameSubject, type Plan } from '../plan/plan.ts';
import { nameMember } from '../state/train.ts';

/** As many as `together` may name beside an environment; trains that go by chance may be far longer. */
const SHOWN = 9;

/** `one KeyValueStore write with checkout/prod, together or not at all`; none for a plan that goes alone. */
export function describeTrain({
  train,
  subject,
}: Pick<Plan, 'train' | 'subject'>): readonly string[] {
  if (train === undefined) return [];
  const own = nameSubject(subject);
  const others = train.members.map(nameMember).filter((name) => name !== own);
  const law = train.together ? ', together or not at all' : '';
  return [`one KeyValueStore write with ${nameOthers(others)}${law}`];
}

/** `checkout/prod, admin/prod and 15 more` */
export function nameOthers(others: readonly string[]): string {
  const more = others.length - SHOWN;
  const shown = others.slice(0, SHOWN).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
