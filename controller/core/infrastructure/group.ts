/** What an edge group needs: its KeyValueStore, or its table of sessions, and the log of its functions. */
import { logGroupOf } from '../rollout/visitors/metric-filters.ts';
import { requestFunctionName } from '../plan/behaviours.ts';
import { storeOf, type EdgeGroup, type LambdaGroup } from '../policy/policy.ts';
import type { Facts, Piece } from './facts.ts';
import { HOME_REGION, idOf, storeOutput } from './names.ts';
import { tagsOf } from './tags.ts';

/** How long logs are kept. The guard reads those of a rollout. */
const LOG_DAYS = 30;

export function listGroupPieces(facts: Facts): readonly Piece[] {
  const { groups } = facts.policies;
  return [
    ...groups.flatMap((group) => [...composeStore(facts, group), ...composeLog(facts, group)]),
    ...listTables(facts),
  ];
}

export function isOwnStore({ setup }: Pick<Facts, 'setup'>, group: EdgeGroup): boolean {
  const store = storeOf(group);
  return store !== undefined && !setup.existing.keyValueStores.includes(store);
}

/** Goes with the stack: all that is in it is in SSM as well. */
function composeStore(facts: Facts, group: EdgeGroup): readonly Piece[] {
  if (!isOwnStore(facts, group)) return [];
  return [
    {
      region: HOME_REGION,
      id: storeOutput(group.name),
      why: `routes of the edge group ${group.name}, empty until the first reconcile`,
      resource: {
        Type: 'AWS::CloudFront::KeyValueStore',
        Properties: {
          Name: storeOf(group),
          Comment: `Headgate: routes of edge group ${group.name}`,
          Tags: tagsOf(facts.setup, { 'headgate:group': group.name }),
        },
      },
    },
  ];
}

export function logId(group: string): string {
  return idOf('Log', group);
}

/** CloudFront makes it at the first line, and keeps it for ever. Lambda@Edge logs where visitors are: no stack reaches that. */
function composeLog({ setup }: Facts, group: EdgeGroup): readonly Piece[] {
  if (group.runtime === 'lambda-edge') return [];
  const name = logGroupOf(requestFunctionName(group.name));
  return [
    composeLogGroup(setup, {
      id: logId(group.name),
      name,
      what: `the edge code of group ${group.name}`,
    }),
  ];
}

export function composeLogGroup(
  setup: Facts['setup'],
  { id, name, what }: { readonly id: string; readonly name: string; readonly what: string },
): Piece {
  return {
    region: HOME_REGION,
    id,
    why: `what ${what} says, kept for ${LOG_DAYS} days`,
    resource: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { LogGroupName: name, RetentionInDays: LOG_DAYS, Tags: tagsOf(setup) },
    },
  };
}

/** Groups may share one. */
function listTables({ policies, setup }: Facts): readonly Piece[] {
  const groups = policies.groups.filter(
    (group): group is LambdaGroup =>
      group.runtime === 'lambda-edge' && group.sessions !== undefined,
  );
  const byName = new Map(groups.map((group) => [group.sessions?.table, group]));
  return [...byName.values()].flatMap(({ name, sessions }) => {
    if (sessions === undefined || setup.existing.tables.includes(sessions.table)) return [];
    return [composeTable({ setup, group: name, sessions })];
  });
}

interface Table {
  readonly setup: Facts['setup'];
  readonly group: string;
  readonly sessions: NonNullable<LambdaGroup['sessions']>;
}

/** A global table is made from a region that has a replica. */
function composeTable({ setup, group, sessions }: Table): Piece {
  const { table, regions, attributes } = sessions;
  return {
    region: regions.includes(HOME_REGION) ? HOME_REGION : (regions[0] ?? HOME_REGION),
    id: idOf('Sessions', group),
    why: `which build a session has, in ${regions.join(', ')}`,
    resource: {
      Type: 'AWS::DynamoDB::GlobalTable',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: attributes.token, AttributeType: 'S' }],
        KeySchema: [{ AttributeName: attributes.token, KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: attributes.expiration, Enabled: true },
        // Replication goes by the stream.
        ...(regions.length > 1 && {
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        }),
        Replicas: regions.map((Region) => ({ Region, Tags: tagsOf(setup) })),
      },
    },
  };
}
