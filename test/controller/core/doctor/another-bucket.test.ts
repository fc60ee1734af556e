import { expect, it } from 'vitest';
import { check } from '../../../../controller/core/doctor/check.ts';
import type {
  BehaviourSettings,
  FrontSettings,
} from '../../../../controller/core/doctor/distribution-settings.ts';
import type { DoctorFacts } from '../../../../controller/core/doctor/facts.ts';
import { appPolicy, DISTRIBUTION, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const environment = environmentPolicy('1');
const app = appPolicy(environment);
const [OURS = ''] = DISTRIBUTION.behaviours.map(({ originDomain }) => originDomain);
const THEIRS = 'brochures.s3.us-east-1.amazonaws.com';

/** As its team wants it; wrong in all that Headgate asks of its own. */
const LOOSE: Omit<BehaviourSettings, 'originDomain'> = {
  pattern: '/brochures/*',
  signs: true,
  control: { name: 'open', kind: 's3', signing: 'never' },
  allowsPlainHttp: true,
  compresses: false,
  securityHeaders: [],
  key: {
    name: 'cache policy planted',
    minimum: 0,
    maximum: 0,
    cookies: true,
    queryStrings: true,
    headers: [],
    hasEncodings: false,
  },
  cacheControl: { value: 'max-age=60', overrides: true },
};
const FRONT: FrontSettings = {
  http: 'http2and3',
  isIpv6: true,
  rootObject: '',
  certificate: undefined,
};

function find(behaviours: readonly BehaviourSettings[], fallback: string): readonly string[] {
  const subject = { app, environment, group: GROUP };
  const bare = { viewerRequestArn: undefined, viewerResponseArn: undefined, lambdas: [] };
  const distribution = {
    ...DISTRIBUTION,
    behaviours: DISTRIBUTION.behaviours.map((one) =>
      one.pattern === '*' ? { ...one, ...bare, originDomain: fallback } : one,
    ),
  };
  const facts = { ...subject, adoption: { record: undefined }, distribution };
  const errors = [403, 404].map((status) => ({ status, seconds: 0, page: undefined }));
  const settings = { arn: 'arn:d', behaviours, errors, identities: [], front: FRONT };
  const look = { subject, planned: [{ facts, plan: { refusals: [] } }], settings: [settings] };
  const nothing = { buckets: [], groups: [], alarms: [], roles: [], absentRoles: [], identity: [] };
  const others = { certificates: [], logs: [], quotas: [], unread: [], lane: undefined };
  const denied = { who: '', permissions: [] };
  const policies = { groups: [GROUP], apps: [app] };
  const environments = [{ rollback: [], parameters: [], kids: [], ...look }];
  return check({
    ...nothing,
    ...others,
    denied,
    policies,
    environments,
    now: new Date(0),
  } as unknown as DoctorFacts).map(({ id }) => id);
}

it('leaves the settings of another bucket to its team', () => {
  expect(find([{ ...LOOSE, originDomain: OURS }], OURS)).toEqual(
    expect.arrayContaining(['control-unfit', 'cache-control-overridden', 'plain-http']),
  );
  const theirs = find([{ ...LOOSE, originDomain: THEIRS }], OURS);
  expect(theirs).toEqual(['root-listed']);
});

it('says what / shows only where the bucket answers it', () => {
  expect(find([], OURS)).toEqual(['root-listed']);
  expect(find([], 'www.example.com')).not.toContain('root-listed');
});
