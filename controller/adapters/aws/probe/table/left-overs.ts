import { paginateListTables } from '@aws-sdk/client-dynamodb';
import type { Listed, Listing } from '../listing.ts';
import { createRegions, removeTable } from './scratch-table.ts';

const MINUTE_MILLISECONDS = 60_000;

/** AWS keeps a table for a day after a replica was made of it: a later run tries again. */
export const TABLE_LISTINGS: readonly Listing[] = [
  {
    what: 'table',
    parts: ['table'],
    async list() {
      const regions = createRegions();
      const found: Listed[] = [];
      for (const client of [regions.home, regions.away]) {
        for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
          const others = TableNames.filter((one) => !found.some(({ name }) => name === one));
          const remove = (name: string) => (signal: AbortSignal) =>
            removeTable(regions, name, { signal, minute: MINUTE_MILLISECONDS });
          found.push(...others.map((name) => ({ name, remove: remove(name) })));
        }
      }
      return found;
    },
  },
];
