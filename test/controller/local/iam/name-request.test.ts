import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameRequest } from '../../../../controller/local/iam/name-request/name-request.ts';
import { openServices } from '../../../../controller/local/open-services.ts';
import type { Service, ServiceRequest } from '../../../../controller/local/service.ts';
import { createClock } from '../../../../controller/local/state/clock.ts';
import { ACCOUNT } from './account.ts';

const STORE = `arn:aws:cloudfront::${ACCOUNT}:key-value-store/1-2-3`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/web/edge`;
const lookup = {
  storeArn: (name: string) => (name === 'routes' ? STORE : undefined),
  roleArn: (name: string) => (name === 'edge' ? ROLE : undefined),
};

function ask(call: string, input: object | string = '', headers: object = {}): ServiceRequest {
  const [method = '', target = ''] = call.split(' ');
  const [path = '', query = ''] = target.split('?');
  const body = Buffer.from(typeof input === 'string' ? input : JSON.stringify(input));
  const place = { region: 'eu-west-1', requestId: '1' };
  const request = { method, path, query: new URLSearchParams(query), body, ...place };
  return { ...request, headers: { ...headers } };
}

const json = (operation: string, input: object) =>
  ask('POST /', input, { 'x-amz-target': `Service.${operation}` });

/** `lambda:CreateFunction arn...`, each permission by itself. */
function needs(service: string, request: ServiceRequest): readonly string[] | undefined {
  return nameRequest(service, request, lookup)?.permissions.map(
    ({ action, resource }) => `${action} ${resource}`,
  );
}

const lambda = (name: string) => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
const logs = (name: string) => `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:${name}`;
const stack = `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/headgate/*`;
const edge = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:edge:3`;
const cloudfront = (name: string) => `arn:aws:cloudfront::${ACCOUNT}:${name}`;

test.each<[string, ServiceRequest, readonly string[]]>([
  [
    's3',
    ask('PUT /b/to', '', { 'x-amz-copy-source': 'a/from%20here' }),
    ['s3:GetObject arn:aws:s3:::a/from here', 's3:PutObject arn:aws:s3:::b/to'],
  ],
  ['s3', ask('DELETE /b?lifecycle'), ['s3:PutLifecycleConfiguration arn:aws:s3:::b']],
  ['s3', ask('GET /b/k?uploadId=1'), ['s3:ListMultipartUploadParts arn:aws:s3:::b/k']],
  [
    'lambda',
    ask('POST /2015-03-31/functions', { FunctionName: 'lane', Role: 'arn:role' }),
    [`lambda:CreateFunction ${lambda('lane')}`, 'iam:PassRole arn:role'],
  ],
  [
    'lambda',
    ask('POST /2015-03-31/functions/lane/invocations?Qualifier=7'),
    [`lambda:InvokeFunction ${lambda('lane:7')}`],
  ],
  [
    'cloudfront',
    ask('GET /2020-05-31/key-value-store/routes'),
    [`cloudfront:DescribeKeyValueStore ${STORE}`],
  ],
  [
    'cloudfront',
    ask('POST /2020-05-31/distribution?WithTags', '<Comment/>'),
    [
      `cloudfront:CreateDistribution ${cloudfront('distribution/*')}`,
      `cloudfront:TagResource ${cloudfront('distribution/*')}`,
    ],
  ],
  [
    'cloudfront',
    ask('PUT /2020-05-31/distribution/E1/config', `<LambdaFunctionARN>${edge}</LambdaFunctionARN>`),
    [
      `cloudfront:UpdateDistribution ${cloudfront('distribution/E1')}`,
      `lambda:GetFunction ${edge}`,
      `lambda:EnableReplication ${edge}`,
      `lambda:DisableReplication ${edge}`,
    ],
  ],
  [
    'cloudfront',
    ask('POST /2020-05-31/function', '<Name>headgate-x</Name>'),
    [`cloudfront:CreateFunction ${cloudfront('function/headgate-x')}`],
  ],
  [
    'cloudfront-keyvaluestore',
    ask(`POST /key-value-stores/${encodeURIComponent(STORE)}/keys`),
    [`cloudfront-keyvaluestore:UpdateKeys ${STORE}`],
  ],
  [
    'logs',
    json('FilterLogEvents', { logGroupName: '/x' }),
    [`logs:FilterLogEvents ${logs('/x:log-stream:')}`],
  ],
  [
    'events',
    json('PutTargets', { Rule: 'r', Targets: [{ Id: '1', RoleArn: 'arn:role' }] }),
    [`events:PutTargets arn:aws:events:eu-west-1:${ACCOUNT}:rule/r`, 'iam:PassRole arn:role'],
  ],
  ['monitoring', json('PutMetricData', { Namespace: 'n' }), ['cloudwatch:PutMetricData *']],
  [
    'cloudformation',
    ask('POST /', 'Action=CreateChangeSet&StackName=headgate'),
    [`cloudformation:CreateChangeSet ${stack}`],
  ],
  ['iam', ask('POST /', 'Action=GetRole&RoleName=edge'), [`iam:GetRole ${ROLE}`]],
  [
    'iam',
    ask('POST /', 'Action=CreateRole&RoleName=new&Path=%2Fweb%2F'),
    [`iam:CreateRole arn:aws:iam::${ACCOUNT}:role/web/new`],
  ],
  ['sts', ask('POST /', 'Action=GetCallerIdentity'), []],
])('%s: what a request needs', (service, request, expected) => {
  expect(needs(service, request)).toEqual(expected);
});

test('every operation of a service that lists its own has its permissions written down', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-names-'));
  const parts = openServices({
    directory,
    clock: createClock(1),
    propagationSeconds: 0,
    edgeRegion: 'us-east-1',
    log: () => {},
    environment: () => ({}),
  });
  const listed = await Promise.all(parts.services.map(async (one) => await operationsOf(one)));
  const unnamed = listed.flat().filter(([service, operation]) => {
    const form = ask('POST /', `Action=${operation}`);
    const requests = [json(operation, {}), form];
    return requests.every((request) => nameRequest(service, request, lookup) === undefined);
  });
  expect(unnamed).toEqual([]);
  expect(listed.flat().length).toBeGreaterThan(60);
  await parts.close();
  await rm(directory, { recursive: true });
});

/** What the service itself says that it has, when it is asked for something else. */
async function operationsOf(service: Service): Promise<readonly (readonly [string, string])[]> {
  const { protocol, signingNames } = service;
  if (protocol !== 'aws-json' && protocol !== 'query') return [];
  const refusal: unknown = await service
    .handle(json('Nothing', {}))
    .catch((error: unknown) => error);
  const [, names = ''] = / has: (.*)\.$/.exec(String(refusal)) ?? [];
  return names.split(', ').map((name) => [signingNames[0] ?? '', name] as const);
}
