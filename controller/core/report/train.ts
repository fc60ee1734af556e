import { nameSubject, type Plan } from '../plan/plan.ts';
import { nameMember } from '../state/train.ts';

/** `one KeyValueStore write with checkout/prod, together or not at all`; none for a plan that goes alone. */
export function describeTrain({
  train,
  subject,
}: Pick<Plan, 'train' | 'subject'>): readonly string[] {
  if (train === undefined) return [];
  const own = nameSubject(subject);
  const others = train.members.map(nameMember).filter((name) => name !== own);
  const law = train.together ? ', together or not at all' : '';
  return [`one KeyValueStore write with ${others.join(', ')}${law}`];
}
