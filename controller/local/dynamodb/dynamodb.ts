import { createJsonService } from '../http/aws-json.ts';
import type { CloudClock, Disk, Service } from '../service.ts';
import { itemOperations } from './item-operations.ts';
import { openItems } from './item-store.ts';
import { tableOperations } from './table-operations.ts';
import { openTables } from './table-store.ts';
import { timeToLiveOperations } from './time-to-live.ts';

/** DynamoDB: tables with replicas in other regions (global tables, version 2019.11.21), and their items. */
export function createDynamoDb({ disk, clock }: { disk: Disk; clock: CloudClock }): Service {
  const store = { tables: openTables(disk, clock), items: openItems(disk, clock), clock };
  return createJsonService({
    signingName: 'dynamodb',
    target: 'DynamoDB_20120810',
    version: '1.0',
    operations: {
      ...tableOperations(store),
      ...timeToLiveOperations(store),
      ...itemOperations(store),
    },
  });
}
