import { PROBE_NAME } from '../../../core/doctor/probe/part.ts';
import type { MeasureOrder } from '../../../ports/measurements.ts';
import type { ProbeClients } from './clients.ts';
import type { Listed, Listing } from './listing.ts';
import { LISTINGS } from './listings.ts';

/** Runs take less: what is older belongs to none that still runs. */
const OLD_MILLISECONDS = 3 * 3_600_000;

interface LeftOver extends Listed {
  readonly what: string;
}

/** What earlier runs left of the parts that are asked for, and runs that haven't ended made. */
export async function findLeftOvers(
  clients: ProbeClients,
  { name, parts, say }: MeasureOrder,
): Promise<readonly LeftOver[]> {
  const wanted = LISTINGS.filter((one) => one.parts.some((part) => parts.includes(part)));
  const found = await Promise.all(wanted.map((one) => look(clients, one, say)));
  const now = momentOf(name);
  return found.flat().map(({ remove, ...one }) => {
    say(`left by an earlier run, or made by one that runs: ${one.what}`);
    const isOld = one.name !== undefined && momentOf(one.name) <= now - OLD_MILLISECONDS;
    return { ...one, ...(isOld && remove && { remove }) };
  });
}

/** Another try, where that may help; what is still there, with why. */
export async function removeAgain(
  leftOvers: readonly LeftOver[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const left = await Promise.all(
    leftOvers.map(async ({ what, remove }) => {
      try {
        await remove?.(signal);
        return remove === undefined ? [what] : [];
      } catch (error) {
        return [`${what}: ${String(error)}`];
      }
    }),
  );
  return left.flat();
}

async function look(
  clients: ProbeClients,
  { what, parts, list }: Listing,
  say: MeasureOrder['say'],
): Promise<readonly LeftOver[]> {
  try {
    const found = await list(clients);
    // Nobody else's: `headgate-probe-`, when it was, and the part that made it.
    const names = new RegExp(`^${PROBE_NAME}[0-9a-z]{8}-(${parts.join('|')})(-|$)`);
    return found
      .filter(({ name }) => name === undefined || names.test(name))
      .map((one) => ({ ...one, what: `${what} ${one.id ?? one.name}` }));
  } catch (error) {
    // Nobody needs these rights for anything else.
    say(`could not look for what earlier runs left of ${what}: ${String(error)}`);
    return [];
  }
}

/** `headgate-probe-mi5abcde-table-table` -> when that run began. */
function momentOf(name: string): number {
  return Number.parseInt(name.slice(PROBE_NAME.length).split('-')[0] ?? '', 36);
}
