import type { PartName } from '../../../core/doctor/probe/part.ts';
import type { ProbeClients } from './clients.ts';

/** How the probe's things of one kind are found. */
export interface Listing {
  readonly what: string;
  /** That make such things. */
  readonly parts: readonly PartName[];
  /** All of the account will do: names of others are left out. */
  list(clients: ProbeClients): Promise<readonly Listed[]>;
}

export interface Listed {
  /** Undefined: it has none, and says otherwise that it is the probe's. */
  readonly name?: string;
  /** What it is called by, where that isn't its name. */
  readonly id?: string;
  /** Where another try may help: replicas at the edge stay for hours. */
  readonly remove?: (signal: AbortSignal) => Promise<unknown>;
}

type Page = readonly [names: readonly (string | undefined)[], next: string | undefined];

/** Names on all pages. */
export async function listAll(
  ask: (next: string | undefined) => Promise<Page>,
): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  let next: string | undefined;
  do {
    const [names, more] = await ask(next);
    found.push(...names.flatMap((name) => (name === undefined ? [] : [{ name }])));
    next = more;
  } while (next !== undefined && next !== '');
  return found;
}
