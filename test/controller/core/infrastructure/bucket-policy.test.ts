import { expect, test } from 'vitest';
import { composeBucketPolicy } from '../../../../controller/core/infrastructure/bucket-policy.ts';
import {
  withSetup,
  type InfrastructureFacts,
} from '../../../../controller/core/infrastructure/facts.ts';
import { listBuckets } from '../../../../controller/core/infrastructure/scope.ts';
import { evaluate } from '../../../../controller/core/iam/evaluate.ts';
import { resolveDocument } from '../../../../controller/core/iam/resolve.ts';
import { readDemo, readFacts, readPreviews } from './fixtures.ts';

const ACCOUNT = '111122223333';
const IDS = {
  DistributionShopProd: 'E1PROD',
  DistributionShopStaging: 'E2STAGING',
  DistributionShopPulls: 'E3PULLS',
};

/** Which of these keys a distribution may get. */
function readable(
  facts: InfrastructureFacts,
  id: string,
  keys: readonly string[],
): readonly string[] {
  return keys.filter(
    (key) => decide(facts, id, { action: 's3:GetObject', resource: `/${key}` }) === 'allowed',
  );
}

function decide(
  facts: InfrastructureFacts,
  id: string,
  { action, resource }: { readonly action: string; readonly resource: string },
) {
  const scope = listBuckets(facts.policies).find(({ bucket }) => bucket === 'acme-web-builds');
  if (scope === undefined) throw new Error('no bucket');
  const policy = resolveDocument(composeBucketPolicy(withSetup(facts), scope), {
    'AWS::AccountId': ACCOUNT,
    ...IDS,
  });
  return evaluate([policy], {
    action,
    resource: `arn:aws:s3:::${scope.bucket}${resource}`,
    context: { 'aws:SourceArn': `arn:aws:cloudfront::${ACCOUNT}:distribution/${id}` },
    principal: { kind: 'Service', names: ['cloudfront.amazonaws.com'] },
  });
}

const KEYS = [
  'shop/builds/1/index.html',
  'shop/pool/assets/a.js',
  'shop/pages/waiting.html',
  'shop/builds/1/.headgate/manifest.json',
  'shop/environments/prod/record.json',
  'shop/settings.json',
  'shop/policies.json',
  'shop/leases/publish/2.json',
  'shop/untrusted/builds/pr-1/index.html',
  'shop/untrusted/pool/assets/b.js',
  'edge/0123456789abcdef.js',
  'other/builds/1/index.html',
];

test('a distribution reads what visitors may see, and nothing else', () => {
  expect(readable(readDemo(), 'E1PROD', KEYS)).toEqual(KEYS.slice(0, 3));
  expect(readable(readDemo(), 'E9OTHER', KEYS)).toEqual([]);
  expect(decide(readDemo(), 'E1PROD', { action: 's3:ListBucket', resource: '' })).toBe('allowed');
  expect(
    decide(readDemo(), 'E1PROD', { action: 's3:PutObject', resource: '/shop/builds/1/a' }),
  ).toBe('implicitDeny');
});

test('only the distribution of pull requests reads their builds', () => {
  const untrusted = KEYS.filter((key) => key.startsWith('shop/untrusted/'));
  expect(readable(readPreviews(), 'E3PULLS', KEYS)).toEqual([...KEYS.slice(0, 3), ...untrusted]);
  expect(readable(readPreviews(), 'E1PROD', untrusted)).toEqual([]);
});

test('builds at the top of the bucket take nothing of ours with them', () => {
  const head = 'apiVersion: headgate/v1\nbucket: acme-web-builds\nregion: us-east-1';
  const environment = (host: string) =>
    `environments: { prod: { hosts: [${host}], edge: { group: prod }, release: { build: "1" } } }`;
  const facts = readFacts(
    'apiVersion: headgate/v1\ngroups:\n  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-web-builds, region: us-east-1 }',
    {
      shop: `${head}\napp: shop\nroot: ""\npool: { include: [] }\nlayout: tree\n${environment('shop.example.com')}`,
      other: `${head}\napp: other\n${environment('other.example.com')}`,
    },
  );
  const keys = ['1041/index.html', '1041/.headgate/manifest.json', ...KEYS.slice(3)];
  expect(readable(facts, 'E1PROD', keys)).toEqual(['1041/index.html']);
});
