import { describe, expect, it } from 'vitest';
import { check, isUnsafe } from '../../../../controller/core/doctor/check.ts';
import type {
  BucketFacts,
  DoctorFacts,
  EnvironmentLook,
  Identity,
  QuotaUse,
} from '../../../../controller/core/doctor/facts.ts';
import type { AlarmState } from '../../../../controller/core/rollout/verdict.ts';
import type { Distribution } from '../../../../controller/core/plan/behaviours.ts';
import {
  appPolicy,
  DISTRIBUTION,
  environmentPolicy,
  GROUP,
  LAMBDA_GROUP,
  withLambda,
} from '../../../fakes/world.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const environment = environmentPolicy('1');
const app = appPolicy(environment);
const subject = { app, environment, group: GROUP };

const IDENTITY: Identity = {
  account: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/ann',
  at: NOW,
  token: undefined,
  stsEndpoints: undefined,
};

const HEALTHY: DoctorFacts = {
  policies: { groups: [GROUP], apps: [app] },
  now: NOW,
  identity: [IDENTITY],
  buckets: [],
  environments: [],
  groups: [],
  alarms: [],
  lane: undefined,
  roles: [],
  absentRoles: [],
  certificates: [],
  logs: [],
  denied: { who: IDENTITY.arn, permissions: [] },
  quotas: [],
  unread: [],
};

const ids = (change: Partial<DoctorFacts>) => check({ ...HEALTHY, ...change }).map(({ id }) => id);

const BUCKET: BucketFacts = {
  bucket: app.bucket,
  region: app.region,
  apps: [app],
  actualRegion: [app.region],
  policy: [],
  blocksPublic: [true],
  lifecycle: [],
  encryption: [],
  ownership: [],
};

const FRONT = { http: 'http2and3', isIpv6: true, rootObject: 'index.html', certificate: undefined };

const LOOK: EnvironmentLook = {
  subject,
  planned: [],
  failure: undefined,
  rollback: [],
  settings: [],
  parameters: [],
  kids: [],
};

const alarm = (state: AlarmState['state'], since?: string) => ({
  guards: [subject],
  elsewhere: [],
  state: { name: 'errors', region: 'us-east-1', state, since, reason: 'a threshold' },
});

const quota = (used: number, isExact: boolean): QuotaUse => ({
  what: 'functions',
  subject: 'account',
  used,
  limit: 100,
  isExact,
  fix: 'ask for more',
});

describe('check', () => {
  it('finds nothing where nothing is wrong, nor where nothing was read', () => {
    expect(ids({})).toEqual([]);
    expect(ids({ buckets: [BUCKET], environments: [LOOK] })).toEqual([]);
  });

  it('tells tokens of the global endpoint, whatever the variable says', () => {
    expect(ids({ identity: [{ ...IDENTITY, token: 'global' }] })).toEqual(['global-token']);
    expect(ids({ identity: [{ ...IDENTITY, token: 'regional' }] })).toEqual([]);
  });

  it('tells a group that pull requests and customers share', () => {
    const pulls = environmentPolicy('1', {
      name: 'pulls',
      preview: { access: 'open', ttlSeconds: 1, builds: 'all' },
    });
    const apps = [{ ...app, environments: [environment, pulls] }];
    expect(ids({ policies: { groups: [GROUP], apps } })).toEqual(['group-shared']);
    const own = { ...pulls, edge: { ...pulls.edge, group: 'pulls' } };
    const groups = [GROUP, { ...GROUP, name: 'pulls' }];
    const apart = [{ ...app, environments: [environment, own] }];
    expect(ids({ policies: { groups, apps: apart } })).toEqual([]);
  });

  it('tells a bucket policy that it does not understand, and judges none of it', () => {
    const odd = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: 's3:*' }] };
    const policy = [odd as never] as const;
    expect(ids({ buckets: [{ ...BUCKET, policy }], environments: [LOOK] })).toEqual([
      'bucket-policy-unclear',
    ]);
  });

  it('judges a bucket without any policy, which lets nobody in', () => {
    const arn = 'arn:a:b::1:c';
    const settings = [{ arn, behaviours: [], errors: [], identities: [], front: FRONT }] as const;
    const bare = { ...BUCKET, policy: [undefined] as const };
    const found = ids({ buckets: [bare], environments: [{ ...LOOK, settings }] });
    const others = ['overwrite-allowed', 'errors-cached'];
    expect(found).toEqual(['read-missing', 'list-missing', ...others]);
    expect(ids({ buckets: [bare] })).toEqual(['overwrite-allowed']);
  });

  it.each([
    ['read', 's3:GetObject', 'shop/environments/*'],
    ['read', 's3:GetObject', 'shop/pool/*'],
    ['write', 's3:PutObject', 'shop/builds/*'],
    ['list', 's3:ListBucket', undefined],
  ])('tells what everybody may %s', (what, Action, key) => {
    const Resource = `arn:aws:s3:::builds${key === undefined ? '' : `/${key}`}`;
    const Statement = [{ Effect: 'Allow', Principal: '*', Action, Resource }] as const;
    const policy = [{ Version: '2012-10-17', Statement }] as const;
    const [one] = check({ ...HEALTHY, buckets: [{ ...BUCKET, policy }] });
    expect(one).toMatchObject({ id: 'bucket-public', what: `its policy lets everybody ${what}` });
  });

  it.each(['*', { AWS: '*' }] as const)(
    'tells a role that everybody may assume: %j',
    (Principal) => {
      const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] as const;
      const trust = { Version: '2012-10-17', Statement } as const;
      expect(ids({ roles: [{ name: 'headgate-release', arn: 'arn:r', trust }] })).toEqual([
        'role-trusts-any',
      ]);
    },
  );

  it('never advises to delete the release of Lambda@Edge without putting it back', () => {
    const fixOf = (about: EnvironmentLook['subject']) => {
      const oldest = { version: 1, labels: [] };
      const name = '/headgate/shop/prod/route';
      const look = { name, type: 'SecureString', tier: 'Standard', versions: 3, oldest };
      const environments = [{ ...LOOK, subject: about, parameters: [[look]] as const }];
      return check({ ...HEALTHY, environments })[0]?.fix ?? '';
    };
    expect(fixOf({ ...subject, group: LAMBDA_GROUP })).toContain('put-parameter');
    expect(fixOf(subject)).toBe(
      'aws ssm delete-parameter --name /headgate/shop/prod/route --region us-east-1; the next headgate reconcile writes it anew.',
    );
  });

  it('tells behaviours without the function of a Lambda@Edge group', () => {
    const looked = (distribution: Distribution) => {
      const about = { ...subject, group: LAMBDA_GROUP };
      const facts = { ...about, adoption: { record: {} }, distribution };
      const planned = [{ facts: { ...facts, environment }, plan: { refusals: [] } }] as never;
      return ids({ environments: [{ ...LOOK, subject: about, planned }] });
    };
    const without = DISTRIBUTION.behaviours.map((one) => ({
      ...one,
      viewerRequestArn: undefined,
      viewerResponseArn: undefined,
    }));
    expect(looked({ ...DISTRIBUTION, behaviours: without })).toContain('functions-missing');
    expect(looked(withLambda(DISTRIBUTION))).not.toContain('functions-missing');
  });

  it('takes an origin access identity for the distribution that has it', () => {
    const user = 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1IDENTITY';
    const Principal = { AWS: user };
    const Resource = ['builds', 'pool'].map((folder) => `arn:aws:s3:::builds/shop/${folder}/*`);
    const Statement = [
      { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource },
      { Effect: 'Allow', Principal, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::builds' },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: 'arn:aws:s3:::builds/*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ] as const;
    const policy = [{ Version: '2012-10-17', Statement }] as const;
    const arn = 'arn:aws:cloudfront::111122223333:distribution/E1EXAMPLE';
    const asked = (identities: readonly string[]) => {
      const settings = [{ arn, behaviours: [], errors: [], identities, front: FRONT }] as const;
      return ids({ buckets: [{ ...BUCKET, policy }], environments: [{ ...LOOK, settings }] });
    };
    // Manifests lie below what it may read.
    const others = ['overwrite-allowed', 'errors-cached'];
    expect(asked(['E1IDENTITY'])).toEqual(['private-readable', ...others]);
    expect(asked([])).toEqual(['read-missing', 'list-missing', ...others]);
  });

  it('tells rules by what they do to what is needed', () => {
    const rule = { id: 'r', prefix: '', expires: false, moves: [], aborts: true };
    const having = (more: object) =>
      ids({ buckets: [{ ...BUCKET, lifecycle: [[rule, { ...rule, ...more }]] }] });
    expect(having({ moves: ['GLACIER'] })).toEqual(['lifecycle-archives']);
    expect(having({ moves: ['STANDARD_IA'] })).toEqual([]);
    expect(having({ expires: true })).toEqual(['lifecycle-expires']);
    // Builds of pull requests may go by age.
    expect(having({ expires: true, prefix: `${app.app}/untrusted/` })).toEqual([]);
    expect(having({ expires: true, prefix: `${app.app}/builds/10` })).toEqual([
      'lifecycle-expires',
    ]);
  });

  it('tells a bucket that encrypts by a key', () => {
    expect(ids({ buckets: [{ ...BUCKET, encryption: ['aws:kms'] }] })).toEqual(['bucket-kms']);
    expect(ids({ buckets: [{ ...BUCKET, encryption: ['AES256'] }] })).toEqual([]);
  });

  it('tells parameters of the advanced tier', () => {
    const oldest = { version: 1, labels: [] };
    const look = { name: '/a', type: 'String', tier: 'Advanced', versions: 3, oldest };
    expect(ids({ environments: [{ ...LOOK, parameters: [[look]] }] })).toEqual([
      'parameter-advanced',
    ]);
  });

  it('tells alarms that fire, that are silent for a day, and no others', () => {
    expect(ids({ alarms: [alarm('ALARM')] })).toEqual(['alarm-firing']);
    expect(ids({ alarms: [alarm('unreadable')] })).toEqual(['unreadable']);
    const silent = (since: string) => ids({ alarms: [alarm('INSUFFICIENT_DATA', since)] });
    expect(silent('2026-11-21T11:59:00Z')).toEqual(['alarm-without-data']);
    expect(silent('2026-11-21T12:01:00Z')).toEqual([]);
  });

  it('stops for a quota that is used up only where its limit is known', () => {
    expect(ids({ quotas: [quota(80, true)] })).toEqual([]);
    expect(ids({ quotas: [quota(81, true)] })).toEqual(['quota-near']);
    expect(ids({ quotas: [quota(100, true)] })).toEqual(['quota-reached']);
    expect(ids({ quotas: [quota(100, false)] })).toEqual(['quota-near']);
  });

  it('tells what could not be read, once each, and that nobody could ask', () => {
    const unread = { subject: 'bucket b', message: 'may not', next: 'allow it' };
    expect(ids({ unread: [unread, unread] })).toEqual(['unreadable']);
    expect(ids({ identity: [], unread: [{ ...unread, isIdentity: true }] })).toEqual([
      'credentials-refused',
    ]);
  });

  it('tells a change of a distribution that is on its way', () => {
    const facts = { ...subject, adoption: { record: undefined } };
    const planned = (status: 'Deployed' | 'InProgress') =>
      [
        { facts: { ...facts, distribution: { ...DISTRIBUTION, status } }, plan: { refusals: [] } },
      ] as never;
    const looked = (status: 'Deployed' | 'InProgress') =>
      ids({ environments: [{ ...LOOK, planned: planned(status) }] });
    expect(looked('InProgress')).toEqual(['distribution-in-progress']);
    expect(looked('Deployed')).toEqual([]);
  });

  it('is unsafe by one finding', () => {
    const findings = check({ ...HEALTHY, quotas: [quota(100, true), quota(81, true)] });
    expect(isUnsafe(findings)).toBe(true);
    expect(isUnsafe(findings.filter(({ severity }) => severity !== 'unsafe'))).toBe(false);
  });
});
