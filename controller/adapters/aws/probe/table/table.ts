import {
  DeleteTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { observe, refusalToOwner, tell } from '../observe.ts';
import type { MeasurePart, PartRun } from '../part-run.ts';
import { seconds, waitFor } from '../wait.ts';
import { AWAY, createTable, type ScratchTable } from './scratch-table.ts';

/** Beside `AWAY`, in the call that asks for two. */
const FURTHER = 'us-west-2';

/** How DynamoDB makes a table and its replicas, and what regions see of each other. */
export const measureTable: MeasurePart = async (_, run) => {
  const { add, say } = run;
  const table = createTable(run);
  add(await measureCreation(table));
  say('a replica');
  add(await measureReplicas(table));
  add(await measureRegions(table, run), await measureDeletion(table));
};

function put({ name }: ScratchTable, client: DynamoDBClient, id: string): Promise<unknown> {
  return client.send(new PutItemCommand({ TableName: name, Item: { id: { S: id } } }));
}

function measureCreation(table: ScratchTable): Promise<Measured> {
  return observe('table-creating', async () => {
    const begun = Date.now();
    await table.create();
    const item = await refusalToOwner(put(table, table.clients.home, 'early'));
    const change = await refusalToOwner(table.change([{ Create: { RegionName: AWAY } }]));
    const early = await table.read(table.clients.home);
    await table.settle();
    const evidence = `items: ${tell(item)}, changes: ${tell(change)}, ACTIVE after ${seconds(Date.now() - begun)}`;
    const holds =
      item?.name === 'ResourceNotFoundException' && change?.name === 'ResourceInUseException';
    // It may have been ready before anybody could ask.
    if (!holds && early?.TableStatus !== 'CREATING') throw new Error(`ready at once: ${evidence}`);
    return [holds, evidence];
  });
}

function measureReplicas(table: ScratchTable): Promise<Measured> {
  return observe('table-replicas', async () => {
    const two = [AWAY, FURTHER].map((RegionName) => ({ Create: { RegionName } }));
    const both = await refusalToOwner(table.change(two));
    const { Replicas: made = [] } = await table.settle();
    if (!made.some(({ RegionName }) => RegionName === AWAY)) {
      await table.change([{ Create: { RegionName: AWAY } }]);
    }
    const { Replicas = [] } = await table.settle();
    const regions = Replicas.map(({ RegionName }) => RegionName);
    const evidence = `two in one call: ${tell(both)}; the table at home shows ${regions.join(', ')}`;
    return [both !== undefined && regions.join() === AWAY, evidence];
  });
}

function measureRegions(table: ScratchTable, { signal, minute }: PartRun): Promise<Measured> {
  return observe('table-regions', async () => {
    const { home, away } = table.clients;
    const begun = Date.now();
    await put(table, home, 'late');
    const isAtHome = await isThere(table, home);
    const taken = await waitFor(
      async () => ((await isThere(table, away)) ? Date.now() - begun : undefined),
      { signal, pause: minute / 600, most: 5 * minute },
    );
    const evidence = `at home at once: ${isAtHome}, in ${AWAY} after ${taken === undefined ? 'more than 5 minutes' : seconds(taken)}`;
    return [isAtHome && taken !== undefined, evidence];
  });
}

async function isThere({ name }: ScratchTable, client: DynamoDBClient): Promise<boolean> {
  const order = { TableName: name, Key: { id: { S: 'late' } }, ConsistentRead: true };
  return (await client.send(new GetItemCommand(order))).Item !== undefined;
}

/** The last one: what is taken for refused may be done. */
function measureDeletion({ name: TableName, clients }: ScratchTable): Promise<Measured> {
  return observe('table-deletion', async () => {
    const order = new DeleteTableCommand({ TableName });
    const replica = await refusalToOwner(clients.away.send(order));
    const whole = await refusalToOwner(clients.home.send(order));
    const evidence = `of the replica from its region: ${tell(replica)}, of the table: ${tell(whole)}`;
    return [replica !== undefined && whole !== undefined, evidence];
  });
}
