import { listMates, type PolicyCopy } from '../core/policy/policy-copy.ts';
import { explainError } from '../core/report/failure.ts';
import type { Context } from '../ports/context.ts';
import type { Answer } from './answer.ts';
import type { Schedule } from './event.ts';

export interface StoredCopy {
  readonly copy: PolicyCopy;
  readonly revision: string;
}

/** Apps of which environments move together, or one that moves alone: planned and carried out in one go. */
export type Family = readonly [StoredCopy, ...StoredCopy[]];

/** The copies of the schedule's policies, by family; of an app without one its answer. */
export async function readSchedule(
  context: Context,
  { apps, ...place }: Schedule,
): Promise<{ readonly families: readonly Family[]; readonly answers: readonly Answer[] }> {
  const copies = context.policyCopies(place);
  const answers: Answer[] = [];
  const found: StoredCopy[] = [];
  for (const app of new Set(apps)) {
    try {
      const stored = await copies.read(app);
      const why = `s3://${place.bucket} has no policies of ${app}: run \`headgate reconcile\` once`;
      if (stored === undefined) answers.push({ subject: app, outcome: 'refused', why });
      else found.push(stored);
    } catch (error) {
      answers.push({ subject: app, outcome: 'failed', why: explainError(error) });
    }
  }
  return { families: findFamilies(found), answers };
}

/** Whoever names the other is enough: one of the copies may be older. */
function findFamilies(found: readonly StoredCopy[]): readonly Family[] {
  // Each is parsed once: a schedule may have a hundred apps.
  const mates = new Map(found.map(({ copy }) => [copy.app, listMates(copy)]));
  const names = (one: StoredCopy, other: StoredCopy) =>
    mates.get(one.copy.app)?.includes(other.copy.app) === true;
  let families: Family[] = [];
  for (const stored of found) {
    const isKin = (family: Family) =>
      family.some((other) => names(stored, other) || names(other, stored));
    const kin = families.filter(isKin).flat();
    const others = families.filter((family) => !isKin(family));
    families = [...others, [stored, ...kin]];
  }
  return families;
}
