import {
  DescribeKeyValueStoreCommand,
  PutKeyCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { DescribeKeyValueStoreCommand as DescribeStoreCommand } from '@aws-sdk/client-cloudfront';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { inShop, type Fault } from './fault.ts';
import { BUCKET, type Patient } from './patient.ts';

const Bucket = BUCKET;

/** An object with another text, or without any. */
const stored =
  (Key: string, text?: string) =>
  async ({ clients: { builds } }: Patient) => {
    const got = await builds.send(new GetObjectCommand({ Bucket, Key }));
    const Body = await got.Body!.transformToByteArray();
    await builds.send(
      text === undefined
        ? new DeleteObjectCommand({ Bucket, Key })
        : new PutObjectCommand({ Bucket, Key, Body: text }),
    );
    const { ContentType, ContentEncoding, Metadata } = got;
    return () =>
      builds.send(
        new PutObjectCommand({ Bucket, Key, Body, ContentType, ContentEncoding, Metadata }),
      );
  };

const Name = '/headgate/shop/prod/active-build';

async function retype({ clients: { parameters } }: Patient): Promise<() => Promise<unknown>> {
  const { Parameter } = await parameters.send(new GetParameterCommand({ Name }));
  const put = async (Type: 'String' | 'StringList') => {
    await parameters.send(new DeleteParameterCommand({ Name }));
    await parameters.send(new PutParameterCommand({ Name, Value: Parameter!.Value, Type }));
  };
  await put('StringList');
  return () => put('String');
}

/** So many versions, a label on the oldest of them. */
const labelled =
  (versions: number) =>
  async ({ clients: { parameters } }: Patient) => {
    const { Parameter } = await parameters.send(new GetParameterCommand({ Name }));
    const put = () =>
      parameters.send(new PutParameterCommand({ Name, Value: Parameter!.Value, Overwrite: true }));
    const { Parameters = [] } = await parameters.send(new GetParameterHistoryCommand({ Name }));
    for (let present = Parameters.length; present < versions; present++) await put();
    const ParameterVersion = Parameters[0]!.Version;
    await parameters.send(
      new LabelParameterVersionCommand({ Name, ParameterVersion, Labels: ['before-launch'] }),
    );
    return async () => {
      await parameters.send(new DeleteParameterCommand({ Name }));
      await parameters.send(
        new PutParameterCommand({ Name, Value: Parameter!.Value, Type: 'String' }),
      );
    };
  };

/** The live route of the host says that it is another app's. */
async function takeHost({ clients }: Patient): Promise<() => Promise<unknown>> {
  const { keyValueStore, cloudFront, parameters } = clients;
  const route = await parameters.send(
    new GetParameterCommand({ Name: '/headgate/shop/prod/route' }),
  );
  const text = route.Parameter!.Value!;
  const found = await cloudFront.send(new DescribeStoreCommand({ Name: 'headgate-prod' }));
  const KvsARN = found.KeyValueStore!.ARN;
  const put = async (Value: string) => {
    const { ETag: IfMatch } = await keyValueStore.send(
      new DescribeKeyValueStoreCommand({ KvsARN }),
    );
    await keyValueStore.send(new PutKeyCommand({ KvsARN, Key: 'shop.localhost', Value, IfMatch }));
  };
  await put(text.replace('"shop"', '"store"'));
  return () => put(text);
}

async function keepOldKey({ clients: { parameters } }: Patient): Promise<() => Promise<unknown>> {
  const kid = `k${(Date.now() - 100 * 86_400_000).toString(36)}`;
  const key = `/headgate/shop/prod/keys/${kid}`;
  const Value = Buffer.alloc(32, 7).toString('base64url');
  await parameters.send(new PutParameterCommand({ Name: key, Value, Type: 'SecureString' }));
  return () => parameters.send(new DeleteParameterCommand({ Name: key }));
}

const manifest = (build: string) => `shop/builds/${build}/.headgate/manifest.json`;

export const RELEASE_FAULTS: readonly Fault[] = [
  {
    id: 'record-unreadable',
    plant: stored('shop/environments/prod/record.json', '{"version": 1'),
  },
  {
    id: 'plan-refuses',
    says: /the live route of shop\.localhost belongs to store\/prod/,
    plant: takeHost,
  },
  { id: 'policy-unmet', says: /9999/, asked: inShop(/build: "\d+"/, 'build: "9999"') },
  {
    id: 'served-incomplete',
    brings: ['policy-unmet', 'plan-refuses'],
    says: /visitors get build 1042/,
    plant: stored(manifest('1042')),
  },
  { id: 'rollback-not-ready', says: /would go to build 1041/, plant: stored(manifest('1041')) },
  {
    id: 'lift-stale',
    asked: inShop(
      '    guard:',
      '    quarantine: [{ lift: "1000", rollback: 1, reason: long ago }]\n    guard:',
    ),
  },
  {
    id: 'keys-old',
    brings: ['policy-unmet'],
    says: /is 100 days old/,
    plant: keepOldKey,
    asked: inShop('    guard:', '    preview: { access: signed }\n    guard:'),
  },
  {
    id: 'parameter-type',
    says: /active-build is a StringList/,
    brings: ['plan-refuses'],
    plant: retype,
  },
  { id: 'parameter-label-soon', says: /there are 85/, plant: labelled(85) },
  { id: 'parameter-label', says: /ParameterMaxVersionLimitExceeded/, plant: labelled(100) },
];
