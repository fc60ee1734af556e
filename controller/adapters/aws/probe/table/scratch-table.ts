import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type ReplicationGroupUpdate,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { buildClientConfig, GLOBAL_REGION } from '../../client-config.ts';
import { refusalOf } from '../observe.ts';
import type { PartRun } from '../part-run.ts';
import { waitFor, type Patience } from '../wait.ts';

export const AWAY = 'eu-west-1';

const MOST_MILLISECONDS = 1_800_000;

/** A table of the probe's own, which may get replicas. */
export interface ScratchTable {
  readonly name: string;
  readonly clients: Regions;
  create(): Promise<unknown>;
  change(updates: ReplicationGroupUpdate[], from?: DynamoDBClient): Promise<unknown>;
  /** Undefined: there is none. */
  read(client: DynamoDBClient): Promise<TableDescription | undefined>;
  /** Until it is there with all replicas that were begun. */
  settle(): Promise<TableDescription>;
}

export interface Regions {
  readonly home: DynamoDBClient;
  readonly away: DynamoDBClient;
}

export function createTable({ scratch, signal, minute }: PartRun): ScratchTable {
  const TableName = `${scratch.name}-table`;
  const clients = createRegions();
  const patience = { signal, pause: minute / 120, most: MOST_MILLISECONDS };
  return {
    name: TableName,
    clients,
    create() {
      // AWS keeps a table for a day after the last replica was made of it.
      scratch.keepForLater(`table ${TableName}`, () => removeTable(clients, TableName, { minute }));
      const order = {
        TableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
        BillingMode: 'PAY_PER_REQUEST' as const,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const },
      };
      return clients.home.send(new CreateTableCommand(order));
    },
    change: (ReplicaUpdates, from = clients.home) =>
      from.send(new UpdateTableCommand({ TableName, ReplicaUpdates })),
    read: (client) => readTable(client, TableName),
    settle: () => settle(clients, TableName, patience),
  };
}

export function createRegions(): Regions {
  return {
    home: new DynamoDBClient(buildClientConfig(GLOBAL_REGION)),
    away: new DynamoDBClient(buildClientConfig(AWAY)),
  };
}

async function settle(
  { home, away }: Regions,
  name: string,
  patience: Patience,
): Promise<TableDescription> {
  const table = await waitFor(async () => {
    const seen = await readTable(home, name);
    const replicas = seen?.Replicas ?? [];
    const isThere = replicas.every(({ ReplicaStatus = 'ACTIVE' }) => ReplicaStatus === 'ACTIVE');
    const there = replicas.some(({ RegionName }) => RegionName === AWAY)
      ? await readTable(away, name)
      : seen;
    const isActive = [seen, there].every((one) => one?.TableStatus === 'ACTIVE');
    return isThere && isActive ? seen : undefined;
  }, patience);
  if (table === undefined) throw new Error(`table ${name} is never ACTIVE`);
  return table;
}

async function readTable(
  client: DynamoDBClient,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Replicas first, from home; then the table. */
export async function removeTable(
  { home, away }: Regions,
  TableName: string,
  // Not of the run's signal: after Ctrl-C it is taken away, too.
  { minute, signal = new AbortController().signal }: { minute: number; signal?: AbortSignal },
): Promise<void> {
  const patience = { signal, pause: minute / 120, most: MOST_MILLISECONDS };
  const table = await readTable(home, TableName);
  for (const { RegionName } of table?.Replicas ?? []) {
    if (RegionName === GLOBAL_REGION) continue;
    await settle({ home, away }, TableName, patience);
    const ReplicaUpdates = [{ Delete: { RegionName } }];
    await home.send(new UpdateTableCommand({ TableName, ReplicaUpdates }));
    await waitFor(async () => {
      const { Replicas = [] } = (await readTable(home, TableName)) ?? {};
      return Replicas.some((one) => one.RegionName === RegionName) ? undefined : true;
    }, patience);
  }
  for (const client of [home, away]) {
    if ((await readTable(client, TableName)) === undefined) continue;
    const refusal = await refusalOf(client.send(new DeleteTableCommand({ TableName })));
    if (refusal !== undefined && (await readTable(client, TableName)) !== undefined) {
      throw new Error(`DeleteTable: ${refusal.name}`);
    }
  }
}
