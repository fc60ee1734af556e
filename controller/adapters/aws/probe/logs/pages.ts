import type { PartRun } from '../part-run.ts';
import { waitFor } from '../wait.ts';
import type { Line, ScratchGroup } from './scratch-group.ts';

/** In two streams, which take turns. */
const LINES = 10_050;
const LOOKED_AT = 10_000;
const LAST = 'last';

/** How far a page of FilterLogEvents goes. */
export async function readPages(
  group: ScratchGroup,
  { signal, minute }: PartRun,
): Promise<readonly [boolean, string]> {
  const begun = Date.now() - LINES;
  const lines: readonly Line[] = Array.from({ length: LINES }, (_, index) => ({
    timestamp: begun + index,
    message: index === LINES - 1 ? LAST : 'line',
  }));
  await group.write(
    'even',
    lines.filter((_, index) => index % 2 === 0),
  );
  await group.write(
    'odd',
    lines.filter((_, index) => index % 2 === 1),
  );
  const patience = { signal, pause: minute / 60, most: 5 * minute };
  const pages = await waitFor(async () => {
    const all = await group.readAll('line');
    return all.flatMap(({ events }) => events).length === LINES - 1 ? all : undefined;
  }, patience);
  if (pages === undefined) throw new Error('not all lines could be read in five minutes');
  const times = pages.flatMap(({ events }) => events.map(({ timestamp }) => timestamp ?? 0));
  const isSorted = times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0));
  const sizes = pages.map(({ events }) => events.length);
  const rare = (await group.readAll(LAST)).map(({ events }) => events.length);
  const evidence = `of ${LINES} lines, by time: ${isSorted}, pages of ${sizes.join(', ')}; of the last line alone ${rare.join(', ')}`;
  return [isSorted && sizes[0] === LOOKED_AT && rare.join() === '0,1', evidence];
}
