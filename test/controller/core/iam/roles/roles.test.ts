import { describe, expect, it, test } from 'vitest';
import { ACTIONS_WITHOUT_RESOURCE } from '../actions-without-resource.ts';
import { denyOverwrites } from '../../../../../controller/core/iam/deny-overwrites.ts';
import { evaluate } from '../../../../../controller/core/iam/evaluate.ts';
import { explainRoles } from '../../../../../controller/core/iam/roles/explain.ts';
import {
  renderRoles,
  roleOutputs,
  sizeOf,
} from '../../../../../controller/core/iam/roles/render.ts';
import { ACCOUNT, fill, makeFacts, rolesOf } from './facts.ts';

const roles = rolesOf();
const BUCKET = 'arn:aws:s3:::acme-web-builds';
const CREATE = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };
const REPLACE = { 's3:ObjectCreationOperation': 'true' };

/** Names without the stack's, of those to whom IAM would allow it. */
function allowed(action: string, resource: string, context: Record<string, string> = {}) {
  return roles
    .filter(({ policy }) => evaluate([policy], { action, resource, context }) === 'allowed')
    .map(({ name }) => name.replace(/^headgate-/, ''))
    .toSorted();
}

const key = (path: string) => `${BUCKET}/${path}`;
const store = (group: string) => `arn:aws:cloudfront::${ACCOUNT}:key-value-store/id-of-${group}`;
const parameter = (name: string) => `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter${name}`;
const fn = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
const UPDATE = 'cloudfront-keyvaluestore:UpdateKeys';

describe('who may', () => {
  test.each<[string, string, string, Record<string, string>, string[]]>([
    ['create a build', 's3:PutObject', key('shop/builds/2/a.js'), CREATE, ['gc', 'publish-shop']],
    ['change one', 's3:PutObject', key('shop/builds/2/a.js'), REPLACE, ['gc']],
    ['delete one', 's3:DeleteObject', key('shop/builds/2/a.js'), {}, ['gc']],
    [
      'store what nobody reviewed',
      's3:PutObject',
      key('shop/untrusted/builds/pr-1/a.js'),
      CREATE,
      ['gc', 'pull-request-shop'],
    ],
    [
      'change what nobody reviewed',
      's3:PutObject',
      key('shop/untrusted/pool/a.js'),
      REPLACE,
      ['gc'],
    ],
    [
      'remove that',
      's3:DeleteObject',
      key('shop/untrusted/builds/pr-1/a.js'),
      {},
      ['gc', 'pull-request-shop'],
    ],
    [
      'write a record',
      's3:PutObject',
      key('shop/environments/prod/record.json'),
      {},
      ['fast-lane', 'release'],
    ],
    ['change the policy in force', 's3:PutObject', key('shop/policies.json'), {}, ['release']],
    ['archive code', 's3:PutObject', key('edge/0123.js'), {}, ['edge-deploy', 'gc']],
    ['write a route', UPDATE, store('prod'), {}, ['edge-deploy', 'fast-lane', 'keys', 'release']],
    [
      'release on Lambda@Edge',
      'ssm:PutParameter',
      parameter('/headgate/cart/prod/route'),
      {},
      ['fast-lane', 'release'],
    ],
    ['make a key', 'ssm:PutParameter', parameter('/headgate/shop/prod/keys/k1'), {}, ['keys']],
    [
      'read those of Lambda@Edge',
      'ssm:GetParametersByPath',
      parameter('/headgate/cart/prod/keys'),
      {},
      ['keys', 'preview', 'sticky'],
    ],
    ['read one by its name', 'ssm:GetParameters', parameter('/headgate/shop/prod/keys/k1'), {}, []],
    [
      'read those in a store',
      'cloudfront-keyvaluestore:GetKey',
      store('prod'),
      {},
      ['doctor', 'edge-deploy', 'fast-lane', 'gc', 'keys', 'plan', 'preview', 'release'],
    ],
    [
      'sign for pull requests',
      'cloudfront-keyvaluestore:GetKey',
      store('pulls'),
      {},
      [
        'doctor',
        'edge-deploy',
        'fast-lane',
        'gc',
        'keys',
        'plan',
        'preview',
        'pull-request-shop',
        'release',
      ],
    ],
    [
      'publish a function',
      'cloudfront:PublishFunction',
      `arn:aws:cloudfront::${ACCOUNT}:function/headgate-prod-request`,
      {},
      ['edge-deploy'],
    ],
    [
      'publish another one',
      'cloudfront:PublishFunction',
      `arn:aws:cloudfront::${ACCOUNT}:function/theirs`,
      {},
      [],
    ],
    ['publish a version', 'lambda:PublishVersion', fn('headgate-sticky'), {}, ['edge-deploy']],
    [
      'change behaviours',
      'cloudfront:UpdateDistribution',
      `arn:aws:cloudfront::${ACCOUNT}:distribution/E1PRODUCTSHOP`,
      {},
      ['edge-deploy'],
    ],
    [
      'change those of others',
      'cloudfront:UpdateDistribution',
      `arn:aws:cloudfront::${ACCOUNT}:distribution/E1SOMEBODYS`,
      {},
      [],
    ],
    ['ask for a rollback', 'lambda:InvokeFunction', fn('headgate-fast-lane'), {}, ['rollback']],
    [
      'pass a role',
      'iam:PassRole',
      `arn:aws:iam::${ACCOUNT}:role/edge/headgate-sticky`,
      { 'iam:PassedToService': 'lambda.amazonaws.com' },
      ['edge-deploy'],
    ],
    [
      'pass it to anything',
      'iam:PassRole',
      `arn:aws:iam::${ACCOUNT}:role/edge/headgate-sticky`,
      { 'iam:PassedToService': 'ec2.amazonaws.com' },
      [],
    ],
  ])('%s', (_what, action, resource, context, who) => {
    expect(allowed(action, resource, context)).toEqual(who);
  });

  it('do anything at all without the verb: a rollback role does one thing', () => {
    const { policy } = roles.find(({ verb }) => verb === 'rollback') ?? {};
    expect(policy?.Statement).toHaveLength(1);
  });
});

describe('the template', () => {
  it('has every role with its limits, and no wildcard but where IAM knows nothing else', () => {
    const resources = renderRoles(makeFacts());
    expect(Object.keys(resources)).toEqual([
      'GitHubProvider',
      'PublishRoleShop',
      'PublishRoleCart',
      'PullRequestRoleShop',
      'PlanRole',
      'ReleaseRole',
      'EdgeDeployRole',
      'RollbackRole',
      'GcRole',
      'FastLaneRole',
      'ForwardRole',
      'EdgeRoleSticky',
      'PreviewRole',
      'KeysRole',
      'DoctorRole',
    ]);
    expect(resources['PlanRole']?.DependsOn).toBe('GitHubProvider');
    expect(resources['EdgeRoleSticky']?.Properties).toMatchObject({
      RoleName: 'headgate-sticky',
      Path: '/edge/',
    });
    const everything = roles
      .flatMap(({ policy }) => policy.Statement)
      .filter(({ Resource }) => [Resource].flat().includes('*'))
      .flatMap(({ Action }) => Action);
    expect(new Set(everything)).toEqual(
      new Set([...ACTIONS_WITHOUT_RESOURCE].filter((one) => !one.includes('ListDistributions'))),
    );
  });

  it('tells which variable of GitHub wants which ARN', () => {
    const outputs = roleOutputs(makeFacts());
    expect(outputs['PublishRoleShopArn']?.Description).toBe('HEADGATE_PUBLISH_ROLE of acme/shop');
    expect(outputs['RollbackFunction']).toEqual({
      Description: 'HEADGATE_ROLLBACK_FUNCTION of acme/releases',
      Value: 'headgate-fast-lane',
    });
  });

  it('has room for ten apps in three environments, and says so where there is none', () => {
    const make = (count: number) => {
      const [edge, shop] = manyApps(count);
      return makeFacts(edge, shop);
    };
    const sizes = rolesOf(make(10)).map(({ policy }) => sizeOf(policy));
    expect(Math.max(...sizes)).toBeLessThan(10_240);
    expect(() => renderRoles(make(40))).toThrow(/has \d+ characters, and IAM takes 10240/);
  });
});

function manyApps(count: number): [string, string[]] {
  const names = ['staging', 'prod', 'pulls'];
  const groups = names.map(
    (name) =>
      `  ${name}: { runtime: cloudfront-functions, keyValueStore: headgate-${name}, bucket: acme-web-builds, region: us-east-1 }`,
  );
  const apps = Array.from({ length: count }, (_, index) => {
    const app = `storefront-${index}`;
    const environments = names.map(
      (name, at) =>
        `  ${name}: { hosts: [${name}.${app}.example.com], edge: { group: ${name}, distribution: E${index}DISTRIBUTI${at} }, release: { build: "1" } }`,
    );
    return `apiVersion: headgate/v1\napp: ${app}\nbucket: acme-web-builds\nregion: us-east-1\nenvironments:\n${environments.join('\n')}\n`;
  });
  const setup = 'setup: { github: { releases: acme/releases, apps: {} } }';
  return [`apiVersion: headgate/v1\ngroups:\n${groups.join('\n')}\n${setup}\n`, apps];
}

it('the policy of the bucket keeps builds as they are, from everybody', () => {
  const [statement, ...others] = denyOverwrites('acme-web-builds', makeFacts().policies);
  expect(others).toEqual([]);
  const document = { Version: '2012-10-17', Statement: statement ? [statement] : [] } as const;
  const principal = { kind: 'AWS', names: ['arn:aws:iam::1:root'] } as const;
  const decide = (path: string, context: Record<string, string>) =>
    evaluate([fill(document)], { action: 's3:PutObject', resource: key(path), context, principal });
  for (const path of ['shop/builds/1/a', 'cart/pool/a', 'shop/untrusted/pool/a']) {
    expect(decide(path, REPLACE)).toBe('explicitDeny');
    expect(decide(path, CREATE)).toBe('implicitDeny');
    // A part of a large file, which can't say it.
    expect(decide(path, {})).toBe('implicitDeny');
  }
  expect(decide('shop/environments/prod/record.json', REPLACE)).toBe('implicitDeny');
  expect(decide('shop/leases/publish/1.json', REPLACE)).toBe('implicitDeny');
});

it('a build at the top of its bucket can be anything but what decides', () => {
  const edge = `
apiVersion: headgate/v1
groups: { prod: { runtime: cloudfront-functions, keyValueStore: s, bucket: acme-old, region: us-east-1 } }
setup: { github: { releases: acme/releases, apps: { old: acme/old } } }`;
  const app = `
apiVersion: headgate/v1
app: old
bucket: acme-old
region: us-east-1
root: ''
environments:
  prod: { hosts: [old.example.com], edge: { group: prod, distribution: E1OLDOLDOLDO }, release: { build: "1" } }`;
  // Its neighbours in the bucket are another trust domain.
  const beside = (name: string, root: string) =>
    app
      .replace('app: old', `app: ${name}`)
      .replace("root: ''", root)
      .replace('hosts: [old.', `hosts: [${name}.`)
      .replace('E1OLDOLDOLDO', `E1${name.toUpperCase()}`);
  const apps = [app, beside('neighbours', ''), beside('lodgersapp', 'root: lodgers/')];
  const [publish] = rolesOf(makeFacts(edge, apps)).filter(({ verb }) => verb === 'publish');
  const put = (path: string) =>
    publish &&
    evaluate([publish.policy], {
      action: 's3:PutObject',
      resource: `arn:aws:s3:::acme-old/${path}`,
      context: CREATE,
    });
  expect(put('1042/index.html')).toBe('allowed');
  const own = ['old/environments/prod/record.json', 'old/policies.json', 'edge/0.js'];
  const others = ['neighbours/builds/7/a.js', 'neighbours/pages/waiting.html', 'lodgers/7/a.js'];
  for (const path of [...own, ...others]) expect(put(path), path).toBe('explicitDeny');
});

it('a pull request reads no store that somebody else made: its ARN would be that of all', () => {
  const { policies, ids } = makeFacts();
  const foreign = rolesOf({ policies, ids: { ...ids, keyValueStore: () => undefined } });
  const readers = (all: typeof roles) =>
    all
      .filter(({ policy }) =>
        ['prod', 'pulls'].some((group) => {
          const asked = { action: 'cloudfront-keyvaluestore:GetKey', resource: store(group) };
          return evaluate([policy], { ...asked, context: {} }) === 'allowed';
        }),
      )
      .map(({ verb }) => verb);
  expect(readers(roles)).toContain('pull-request');
  expect(readers(foreign)).toEqual(readers(roles).filter((verb) => verb !== 'pull-request'));
});

it('who releases reads masters only where smoke checks on Lambda@Edge are signed', () => {
  const signed = readersOf(
    'preview: { access: signed }',
    'release: { build: "1", smoke: [{ path: / }] }',
  );
  const open = readersOf(
    'preview: { access: open }',
    'release: { build: "1", smoke: [{ path: / }] }',
  );
  expect(signed).toEqual([
    'doctor',
    'edge-deploy',
    'fast-lane',
    'keys',
    'plan',
    'preview',
    'release',
    'sticky',
  ]);
  expect(open).toEqual(['keys']);
});

/** Who may read the masters of an environment on Lambda@Edge. */
function readersOf(preview: string, release: string) {
  const edge = `
apiVersion: headgate/v1
groups: { sticky: { runtime: lambda-edge, role: "arn:aws:iam::${ACCOUNT}:role/headgate-sticky", bucket: b-b, region: us-east-1 } }
setup: { github: { releases: acme/releases, apps: {} } }`;
  const app = `
apiVersion: headgate/v1
app: cart
bucket: b-b
region: us-east-1
environments:
  prod: { hosts: [cart.example.com], edge: { group: sticky, distribution: E1STICKYCARTS }, ${release}, ${preview} }`;
  const request = {
    action: 'ssm:GetParametersByPath',
    resource: parameter('/headgate/cart/prod/keys'),
    context: {},
  };
  return rolesOf(makeFacts(edge, [app]))
    .filter(({ policy }) => evaluate([policy], request) === 'allowed')
    .map(({ name }) => name.replace(/^headgate-/, ''))
    .toSorted();
}

it('the fast lane reads the key of the App as which it opens reverts, and no other', () => {
  const edge = `
apiVersion: headgate/v1
groups: { prod: { runtime: cloudfront-functions, keyValueStore: s, bucket: b-b, region: us-east-1 } }
setup:
  github: { releases: acme/releases, apps: {} }
  fastLane: { revert: { app: "4711", key: 'ssm:/headgate-github-key' } }`;
  const [lane] = rolesOf(makeFacts(edge, [])).filter(({ verb }) => verb === 'fast-lane');
  const read = (name: string) =>
    lane &&
    evaluate([lane.policy], {
      action: 'ssm:GetParameters',
      resource: parameter(name),
      context: {},
    });
  expect(read('/headgate-github-key')).toBe('allowed');
  expect(read('/headgate-github-key2')).toBe('implicitDeny');
});

it('people can read it: who, what for, and both documents', () => {
  const text = explainRoles(makeFacts());
  expect(text).toContain(
    'role/headgate-publish-shop: publishes builds of shop; releases none\nARN: HEADGATE_PUBLISH_ROLE of acme/shop\ntrust: {',
  );
  expect(text).toContain('arn:aws:cloudfront::<account>:key-value-store/<id of headgate-prod>');
  expect(text).toContain('arn:aws:cloudfront::<account>:distribution/E1PRODUCTSHOP');
  const without = { ...makeFacts().policies, setup: undefined };
  const { setup: _none, ...policies } = without;
  expect(explainRoles({ ...makeFacts(), policies })).toContain('No role for GitHub');
});
