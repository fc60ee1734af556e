import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { defineResource, unlessMissing, type At } from './resource-type.ts';
import { Tags } from './tags.ts';

const tableShape = z.strictObject({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: z.array(
    z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }),
  ),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  StreamSpecification: z
    .strictObject({ StreamViewType: z.literal('NEW_AND_OLD_IMAGES') })
    .optional(),
  TimeToLiveSpecification: z
    .strictObject({ AttributeName: z.string(), Enabled: z.boolean() })
    .optional(),
  Replicas: z.array(z.strictObject({ Region: z.string(), Tags })).min(1),
});

type TableProperties = z.output<typeof tableShape>;

/** What DescribeTable says, as far as it is looked at. */
interface Table {
  readonly TableArn: string;
  readonly TableId: string;
  readonly TableStatus: string;
  readonly Replicas?: readonly { readonly RegionName: string; readonly ReplicaStatus: string }[];
}

const GLOBAL_TABLE = defineResource({
  type: 'AWS::DynamoDB::GlobalTable',
  shape: tableShape,
  attributes: ['Arn', 'TableId'],
  createOnly: ['TableName', 'KeySchema'],
  nameProperty: 'TableName',
  async create(properties, { clients, region, generatedName }) {
    if (!properties.Replicas.some(({ Region }) => Region === region)) {
      throw new Error(`Replicas must have one of the region of the stack, ${region}.`);
    }
    const TableName = properties.TableName ?? generatedName;
    const {
      AttributeDefinitions,
      KeySchema,
      BillingMode,
      StreamSpecification: stream,
    } = properties;
    const table = { TableName, AttributeDefinitions, KeySchema, BillingMode };
    const streamed = stream && { StreamSpecification: { StreamEnabled: true, ...stream } };
    await clients.dynamoDb('CreateTable', { ...table, ...streamed });
    return TableName;
  },
  async update(_, { properties, former }) {
    for (const name of ['AttributeDefinitions', 'StreamSpecification'] as const) {
      if (isDeepStrictEqual(properties[name], former[name])) continue;
      throw new Error(`The local cloud does not change the ${name} of a table.`);
    }
  },
  async settle(TableName, properties, at) {
    const table = await describe(TableName, at);
    if (table === undefined) throw new Error(`There is no table ${TableName}.`);
    if (!isQuiet(table) || (await changeTimeToLive(TableName, properties, at))) return false;
    const regions = (table.Replicas ?? []).map(({ RegionName }) => RegionName);
    const wanted = properties.Replicas.map(({ Region }) => Region);
    const added = wanted.find((region) => region !== at.region && !regions.includes(region));
    const left = regions.find((region) => !wanted.includes(region));
    if (added === undefined && left === undefined) return true;
    await updateReplicas(TableName, { added, left }, at);
    return false;
  },
  async read(TableName, _, at) {
    const table = await describe(TableName, at);
    return table && { Arn: table.TableArn, TableId: table.TableId };
  },
  async remove(TableName, _, at) {
    const table = await describe(TableName, at);
    if (table === undefined) return true;
    if (!isQuiet(table)) return false;
    const [replica] = table.Replicas ?? [];
    if (replica === undefined) await at.clients.dynamoDb('DeleteTable', { TableName });
    else await updateReplicas(TableName, { added: undefined, left: replica.RegionName }, at);
    return false;
  },
});

async function describe(TableName: string, { clients }: At): Promise<Table | undefined> {
  const answer = await unlessMissing(clients.dynamoDb('DescribeTable', { TableName }));
  return answer?.['Table'] as Table | undefined;
}

/** Nothing is being made or changed: one thing at a time. */
function isQuiet({ TableStatus, Replicas = [] }: Table): boolean {
  return (
    TableStatus === 'ACTIVE' && Replicas.every(({ ReplicaStatus }) => ReplicaStatus === 'ACTIVE')
  );
}

/** Whether there was something to change. */
async function changeTimeToLive(
  TableName: string,
  { TimeToLiveSpecification: wanted }: TableProperties,
  { clients }: At,
): Promise<boolean> {
  const answer = await clients.dynamoDb('DescribeTimeToLive', { TableName });
  const { TimeToLiveStatus: status, AttributeName } = answer['TimeToLiveDescription'] as {
    TimeToLiveStatus: string;
    AttributeName?: string;
  };
  const isOn = status.startsWith('ENABL');
  if (isOn === (wanted?.Enabled ?? false)) return false;
  const attribute = wanted?.AttributeName ?? AttributeName;
  const TimeToLiveSpecification = { AttributeName: attribute, Enabled: !isOn };
  await clients.dynamoDb('UpdateTimeToLive', { TableName, TimeToLiveSpecification });
  return true;
}

/** One replica at a time. */
async function updateReplicas(
  TableName: string,
  { added, left }: { readonly added: string | undefined; readonly left: string | undefined },
  { clients }: At,
): Promise<void> {
  const update =
    added === undefined ? { Delete: { RegionName: left } } : { Create: { RegionName: added } };
  await clients.dynamoDb('UpdateTable', { TableName, ReplicaUpdates: [update] });
}

export const DYNAMODB_TYPES = [GLOBAL_TABLE];
