import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import type { Clients } from '../../../../../controller/adapters/aws/inspection/clients.ts';
import { createInspection } from '../../../../../controller/adapters/aws/inspection/inspection.ts';
import type { Inspection } from '../../../../../controller/ports/inspection.ts';
import { full, tellSkipped } from '../../../../depth.ts';

tellSkipped('pages of every listing that the doctor asks for');

type Input = Readonly<Record<string, unknown>>;

/** Nothing leaves: this answers instead. */
interface Answering {
  readonly middlewareStack: {
    add(middleware: () => (args: { input: Input }) => Promise<unknown>, at: object): void;
  };
}

/** What was asked, in order, and answers that are given one after the other. */
function inspect(pages: readonly object[]) {
  const asked: Input[] = [];
  const left = [...pages];
  const answering = <Client>(client: Client): Client => {
    (client as Answering).middlewareStack.add(
      () => async (args) => {
        asked.push(args.input);
        return { output: { $metadata: {}, ...left.shift() }, response: {} };
      },
      { step: 'initialize', priority: 'high' },
    );
    return client;
  };
  const settings = { region: 'us-east-1' };
  const clients = {
    cloudfront: async () => answering(new CloudFrontClient(settings)),
    cloudwatch: async () => answering(new CloudWatchClient(settings)),
    events: async () => answering(new EventBridgeClient(settings)),
    iam: async () => answering(new IAMClient(settings)),
    logs: async () => answering(new CloudWatchLogsClient(settings)),
    quotas: async () => answering(new ServiceQuotasClient(settings)),
    ssm: async () => answering(new SSMClient(settings)),
  };
  return { asked, inspection: createInspection(clients as unknown as Clients, {}) };
}

interface Listing {
  readonly name: string;
  readonly call: (inspection: Inspection) => Promise<unknown>;
  readonly pages: readonly object[];
  /** What the second question has that the first had not. */
  readonly next: Input;
  readonly answer: unknown;
}

const role = (RoleName: string) => ({ RoleName, AssumeRolePolicyDocument: '{"Statement":[]}' });
const ROLE = 'arn:aws:iam::111122223333:role/release';
const NEEDED = ['s3:PutObject', 's3:GetObject'].map((action) => ({ action, resource: 'arn:r' }));
const refusal = (EvalActionName: string) => ({
  EvaluationResults: [{ EvalActionName, EvalDecision: 'implicitDeny' }],
});
const rule = (Name: string) => ({ Name, Arn: `arn:${Name}` });

const LISTINGS: readonly Listing[] = [
  {
    name: 'roles',
    call: async (one) => (await one.roles()).map(({ name }) => name),
    pages: [{ Roles: [role('a')], IsTruncated: true, Marker: 'm' }, { Roles: [role('b')] }],
    next: { Marker: 'm' },
    answer: ['a', 'b'],
  },
  {
    name: 'what IAM simulates',
    call: (one) => one.simulate(ROLE, NEEDED),
    pages: [
      { ...refusal('s3:PutObject'), IsTruncated: true, Marker: 'm' },
      refusal('s3:GetObject'),
    ],
    next: { Marker: 'm' },
    answer: NEEDED,
  },
  {
    name: 'log groups',
    call: (one) => one.logGroups('/a'),
    pages: [
      { logGroups: [{ logGroupName: '/a1', retentionInDays: 30 }], nextToken: 'n' },
      { logGroups: [{ logGroupName: '/a2' }] },
    ],
    next: { nextToken: 'n' },
    answer: new Map([
      ['/a1', 30],
      ['/a2', 0],
    ]),
  },
  {
    name: 'metric filters',
    call: (one) => one.metricFilters('/a'),
    pages: [
      { metricFilters: [{ filterName: 'a' }], nextToken: 'n' },
      { metricFilters: [{ filterName: 'b' }] },
    ],
    next: { nextToken: 'n' },
    answer: ['a', 'b'],
  },
  {
    name: 'lines of a log, where a page may be empty',
    call: (one) => one.hasLogged('lane', 'mark', new Date(0)),
    pages: [{ events: [], nextToken: 'n' }, { events: [{ message: 'a mark' }] }],
    next: { nextToken: 'n' },
    answer: true,
  },
  {
    name: 'alarms',
    call: (one) => one.alarmCount('us-east-1'),
    pages: [{ MetricAlarms: [{}, {}], NextToken: 'n' }, { CompositeAlarms: [{}] }],
    next: { NextToken: 'n' },
    answer: 3,
  },
  {
    name: 'parameters',
    call: (one) => one.parameterCount('us-east-1'),
    // Those of the advanced tier have a quota of their own.
    pages: [
      { Parameters: [{}, { Tier: 'Standard' }], NextToken: 'n' },
      { Parameters: [{}, { Tier: 'Advanced' }] },
    ],
    next: { NextToken: 'n' },
    answer: 3,
  },
  {
    name: 'versions of a parameter',
    call: async (one) => (await one.parameter('us-east-1', '/a'))?.versions,
    pages: [{ Parameters: [{ Version: 1 }], NextToken: 'n' }, { Parameters: [{ Version: 2 }] }],
    next: { NextToken: 'n' },
    answer: 2,
  },
  {
    name: 'quotas',
    call: (one) => one.quota('cloudfront', 'b'),
    pages: [
      { Quotas: [{ QuotaName: 'a', Value: 1 }], NextToken: 'n' },
      { Quotas: [{ QuotaName: 'b', Value: 2 }] },
    ],
    next: { NextToken: 'n' },
    answer: 2,
  },
  {
    name: 'rules, and targets of each',
    call: async (one) =>
      (await one.rules('us-east-1', 'a')).map(({ targets }) => targets.map(({ arn }) => arn)),
    pages: [
      { Rules: [rule('a1')], NextToken: 'n' },
      { Rules: [] },
      { Targets: [{ Arn: 'arn:1' }], NextToken: 't' },
      { Targets: [{ Arn: 'arn:2' }] },
    ],
    next: { NextToken: 'n' },
    answer: [['arn:1', 'arn:2']],
  },
  {
    name: 'functions and stores',
    call: async (one) => {
      const { functions, stores } = await one.counts();
      return [functions, stores];
    },
    pages: [
      { FunctionList: { Items: [{}], NextMarker: 'm' } },
      { FunctionList: { Items: [{}] } },
      { KeyValueStoreList: { Items: [{}], NextMarker: 's' } },
      { KeyValueStoreList: { Items: [{}] } },
    ],
    next: { Marker: 'm' },
    answer: [2, 2],
  },
];

describe.runIf(full)('the doctor reads every page', () => {
  it.each(LISTINGS)('of $name', async ({ call, pages, next, answer }) => {
    const { asked, inspection } = inspect(pages);
    expect(await call(inspection)).toEqual(answer);
    expect(asked).toHaveLength(pages.length);
    expect(asked[1]).toMatchObject(next);
  });
});
