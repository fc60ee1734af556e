import type { Subject } from '../core/plan/plan.ts';
import type { Failure } from '../core/report/failure.ts';

/** Requests of this many subjects are under way at once: SSM answers some 40 reads a second. */
const AT_ONCE = 8;

/** Does the same for each item, several at once; one that fails leaves the others going. Both in the items' order. */
export async function attemptEach<Item, Result>(
  items: readonly Item[],
  name: (item: Item) => Subject,
  make: (item: Item) => Promise<Result>,
): Promise<{ readonly done: readonly Result[]; readonly failures: readonly Failure[] }> {
  const done: Result[][] = items.map(() => []);
  const failures: Failure[][] = items.map(() => []);
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      try {
        done[index] = [await make(item)];
      } catch (error) {
        failures[index] = [{ subject: name(item), error }];
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { done: done.flat(), failures: failures.flat() };
}
