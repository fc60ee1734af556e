import { expect, it } from 'vitest';
import { renderDeployed, type Deployed } from '../../../../controller/core/deployment/report.ts';
import { renderStacks } from '../../../../controller/core/infrastructure/stacks.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';

const EDGE = `apiVersion: headgate/v1
setup:
  github: { releases: acme@12/releases@34, apps: { shop: acme@12/shop@56 } }
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme, region: us-east-1 }
`;
const SHOP = `apiVersion: headgate/v1
app: shop
bucket: acme
region: us-east-1
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod }
    preview: { access: signed }
    release: { build: "1041" }
`;

function describe(kind: 'same' | 'written'): Deployed {
  const texts = [
    { file: 'policies/edge.yaml', text: EDGE },
    { file: 'policies/shop.yaml', text: SHOP },
  ];
  const { policies, issues } = readPolicies(texts, { isDeployed: false });
  expect(issues).toEqual([]);
  const facts = { policies, live: {} };
  const [home] = renderStacks(facts);
  const arn = 'arn:aws:iam::111122223333:role/headgate-plan';
  const outputs = { PlanRoleArn: arn };
  const named = { kind, subject: 'shop/prod', file: 'policies/shop.yaml', id: 'E2ABC' };
  return {
    facts,
    stacks: [{ name: 'headgate', region: 'us-east-1', changes: [], outputs }],
    templates: home ? [home.template] : [],
    fastLane: 'same',
    settings: [],
    named: [named],
  };
}

it('tells what is left to do: GitHub by its plain names, keys that are wanted, the commit', () => {
  const lines = renderDeployed(describe('written'))
    .split('\n')
    .map((line) => line.trim());
  expect(lines).toContain(
    'gh variable set HEADGATE_PLAN_ROLE --repo acme/releases --body arn:aws:iam::111122223333:role/headgate-plan',
  );
  expect(lines).toContain('gh variable set HEADGATE_BUCKET --repo acme/shop --body acme');
  expect(lines).toContain('headgate keys rotate shop prod');
  expect(lines).toContain('git add policies/shop.yaml # and commit');
});

it('leaves out what was done before', () => {
  const text = renderDeployed(describe('same'));
  expect(text).not.toMatch(/keys rotate|git add/);
  expect(text).toContain('Stack headgate in us-east-1: as it was.');
});
