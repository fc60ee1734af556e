import {
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUCKET, HOSTS, REGION } from './policy.ts';
import type { Setting } from './setting.ts';

/** Longer than a change of a distribution takes at the speed of the setting's cloud. */
const DEPLOYMENT_MILLISECONDS = 60;

/** A bucket that every distribution may read and list. */
export async function createBucket({ clients: { s3 } }: Setting): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: composeBucketPolicy() }));
}

function composeBucketPolicy(): string {
  const arn = `arn:aws:s3:::${BUCKET}`;
  const Principal = { Service: 'cloudfront.amazonaws.com' };
  const read = { Principal, Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'] };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ ...read, Resource: [arn, `${arn}/*`] }],
  });
}

/** The managed policy CachingOptimized. */
const CACHING = '658327ea-f89d-4fab-a63d-7e88639e58f6';

export const BEHAVIOUR = { ViewerProtocolPolicy: 'allow-all', CachePolicyId: CACHING } as const;

/** A distribution for the host of prod, with the bucket as its origin `builds`; returns its id. */
export async function createDistribution(
  setting: Setting,
  {
    folders = {},
    accessControl,
    ...config
  }: Partial<DistributionConfig> & {
    /** More origins: folders of the same bucket, by the origin's id. */
    readonly folders?: Readonly<Record<string, string>>;
    /** Of an earlier distribution; absent: it gets its own. */
    readonly accessControl?: string;
  },
): Promise<string> {
  const OriginAccessControlId = accessControl ?? (await createAccessControl(setting));
  const origins = Object.entries({ builds: '', ...folders }).map(([Id, OriginPath]) => ({
    Id,
    DomainName: `${BUCKET}.s3.${REGION}.amazonaws.com`,
    OriginPath,
    OriginAccessControlId,
    S3OriginConfig: { OriginAccessIdentity: '' },
  }));
  const DistributionConfig = {
    CallerReference: HOSTS.prod,
    Comment: '',
    Enabled: true,
    Aliases: { Quantity: 1, Items: [HOSTS.prod] },
    Origins: { Quantity: origins.length, Items: origins },
    DefaultCacheBehavior: { ...BEHAVIOUR, TargetOriginId: 'builds' },
    ...config,
  };
  const made = await setting.clients.cloudFront.send(
    new CreateDistributionCommand({ DistributionConfig }),
  );
  await sleep(DEPLOYMENT_MILLISECONDS);
  return String(made.Distribution?.Id);
}

export async function createAccessControl({ clients: { cloudFront } }: Setting): Promise<string> {
  const made = await cloudFront.send(
    new CreateOriginAccessControlCommand({
      OriginAccessControlConfig: {
        Name: 'builds',
        OriginAccessControlOriginType: 's3',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    }),
  );
  return String(made.OriginAccessControl?.Id);
}

/** What a browser with these cookies gets: `page of 1041`. */
export async function ask({ cloud }: Setting, path: string, cookie = 'a=b'): Promise<string> {
  await sleep(DEPLOYMENT_MILLISECONDS);
  const isPage = path.endsWith('/');
  const headers = {
    host: HOSTS.prod,
    cookie,
    'sec-fetch-mode': isPage ? 'navigate' : 'no-cors',
    accept: isPage ? 'text/html' : '*/*',
  };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, cloud.edgeUrl), { headers }, (response) => {
      text(response).then((body) => {
        const [shown = body] = /(page|script) of \w+/.exec(body) ?? [];
        resolve(response.statusCode === 200 ? shown : `HTTP ${response.statusCode}`);
      }, reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
