import { expect, test } from 'vitest';
import { renderStacks } from '../../../../controller/core/infrastructure/stacks.ts';
import { full, tellSkipped } from '../../../depth.ts';
import { checkSchema } from './check-schema.ts';
import { checkTemplate } from './check-template.ts';
import { readFacts } from './fixtures.ts';

tellSkipped('all combinations of settings of bootstrap');

const ARN = 'arn:aws:acm:us-east-1:111122223333:certificate/1234';
const LAMBDA =
  '{ runtime: lambda-edge, role: "arn:aws:iam::111122223333:role/web/edge", bucket: acme-edge, region: us-east-1';
const SESSIONS =
  'sessions: { table: sessions, regions: [us-east-1, eu-west-1, eu-north-1], cookie: session }';
const LONG = 'x'.repeat(32);
const STACK = 's'.repeat(16);

/** By what is set, its ways: lines of `setup`, or a value somewhere else. Each with each. */
const CROSSED = {
  github: ['', 'github: { releases: acme/releases, apps: { APP: acme/shop } }'],
  certificates: ['', `certificates: { '*': ${ARN} }`],
  headers: ['', 'headers: none'],
  lane: ['', 'fastLane: off', 'fastLane: { schedule: rate(5 minutes) }'],
  runtime: [
    '{ runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-edge, region: us-east-1 }',
    `${LAMBDA} }`,
    `${LAMBDA}, ${SESSIONS} }`,
  ],
  region: ['us-east-1', 'eu-west-1'],
  preview: ['', 'preview: { builds: all }'],
};

/** What comes along in turn, as it makes the same things with other values. */
const ALONG = {
  existing: [
    '',
    'existing: { buckets: [acme-edge], keyValueStores: [headgate-prod], tables: [sessions] }',
  ],
  stack: ['', `stack: ${STACK}`],
  pool: ['', 'pool: { include: [/assets/*], exclude: [/assets/config.json] }'],
  guard: ['', 'guard: { alarms: [{ name: errors }], beacon: hold }'],
  app: ['shop', LONG, 'a'],
};

type Case = { readonly [Setting in keyof typeof CROSSED | keyof typeof ALONG]: string };

function combine(): readonly Case[] {
  let cases: readonly object[] = [{}];
  for (const [setting, ways] of Object.entries(CROSSED)) {
    cases = cases.flatMap((one) => ways.map((way) => ({ ...one, [setting]: way })));
  }
  return cases.map((one, index) => {
    const along = Object.entries(ALONG).map(([setting, ways], nth) => {
      // Neighbours differ in one setting: these must not go in step with it.
      const turn = (index * 7 + Math.floor(index / (5 + 2 * nth))) % ways.length;
      return [setting, ways[turn]];
    });
    return { ...one, ...Object.fromEntries(along) } as Case;
  });
}

function render(one: Case) {
  const { app, region, pool, preview, runtime } = one;
  // Its counts are of CloudFront Functions.
  const guard = runtime.includes('lambda-edge') ? '' : one.guard;
  const setup = [one.github, one.certificates, one.headers, one.lane, one.existing, one.stack];
  const lines = setup.filter(Boolean).map((line) => `  ${line.replace('APP', app)}\n`);
  const edge = `apiVersion: headgate/v1
groups: { ${LONG}: ${runtime} }
${lines.length > 0 ? `setup:\n${lines.join('')}` : ''}`;
  const text = `apiVersion: headgate/v1
app: ${app}
bucket: acme-web-builds
region: ${region}
${pool}
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: ${LONG} }
    release: { build: "1" }
    ${preview}
    ${guard}
`;
  return renderStacks(readFacts(edge, { shop: text }));
}

test.runIf(full)('whatever is set, the templates are what CloudFormation takes', () => {
  const all = combine();
  const wrong = all.flatMap((one) =>
    render(one).flatMap(({ template }) =>
      [...checkSchema(template), ...checkTemplate(template)].map((what) => ({ ...one, what })),
    ),
  );
  expect(wrong).toEqual([]);
  expect(all).toHaveLength(288);
});
