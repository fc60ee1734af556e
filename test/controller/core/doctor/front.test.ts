import { describe, expect, it } from 'vitest';
import { checkApis } from '../../../../controller/core/doctor/apis.ts';
import { checkCertificates } from '../../../../controller/core/doctor/certificates.ts';
import type {
  CertificateLook,
  DoctorFacts,
  EnvironmentLook,
} from '../../../../controller/core/doctor/facts.ts';
import { readOrigins } from '../infrastructure/fixtures.ts';
import { appPolicy, DISTRIBUTION, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const environment = environmentPolicy('1');
const app = appPolicy(environment);
const subject = { app, environment, group: GROUP };
const now = new Date('2026-11-22T12:00:00Z');

describe('the certificate of a host', () => {
  const judge = (seen: Pick<CertificateLook, 'seen' | 'failure'>) => {
    const look: CertificateLook = { subject, host: 'shop.example.com', ...seen };
    return checkCertificates({ certificates: [look], now } as unknown as DoctorFacts);
  };
  const ids = (expires: string, names = ['shop.example.com'], begins = '2026-08-01T00:00:00Z') =>
    judge({ seen: [{ names, begins: new Date(begins), expires: new Date(expires) }] }).map(
      ({ id }) => id,
    );

  it('is to last for a month', () => {
    expect(ids('2026-12-22T12:00:00Z')).toEqual([]);
    expect(ids('2026-12-22T11:59:59Z')).toEqual(['certificate-expires-soon']);
    expect(ids('2026-11-29T11:59:59Z')).toEqual(['certificate-expires']);
    expect(ids('2026-11-21T12:00:00Z')).toEqual(['certificate-expires']);
  });

  it('is not to last for a month where it never does: its last third counts', () => {
    const sixDays = (expires: string) => {
      const begins = new Date(Date.parse(expires) - 6 * 86_400_000).toISOString();
      return ids(expires, undefined, begins);
    };
    expect(sixDays('2026-11-24T12:00:00Z')).toEqual([]);
    expect(sixDays('2026-11-24T11:59:59Z')).toEqual(['certificate-expires-soon']);
    expect(sixDays('2026-11-23T11:59:59Z')).toEqual(['certificate-expires']);
  });

  it('is to be for it, by its name or one label more general', () => {
    const LATER = '2027-11-22T12:00:00Z';
    expect(ids(LATER, ['example.com', '*.Example.com'])).toEqual([]);
    expect(ids(LATER, ['*.com'])).toEqual(['certificate-other']);
    expect(ids(LATER, ['*.cloudfront.net'])).toEqual(['certificate-other']);
    expect(ids(LATER, [])).toEqual(['certificate-other']);
  });

  it('is not taken for good where nobody saw it', () => {
    const failure = { message: 'no answer within 5 s', next: 'elsewhere' };
    const [one] = judge({ seen: [], failure });
    expect(one).toMatchObject({ id: 'certificate-unseen', severity: 'note', fix: 'elsewhere' });
    expect(one?.what).toContain('no answer within 5 s');
  });
});

describe('an API beside the builds', () => {
  const API = { pattern: 'api/*', originDomain: 'api.example.com', originPath: '/v2' };
  const POSTS = ['GET', 'HEAD', 'POST'];
  const { policies } = readOrigins();

  const find = (behaviour: object, minimum = 0, inKey = {}) => {
    const behaviours = [{ methods: POSTS, ...API, ...behaviour }, ...DISTRIBUTION.behaviours];
    const distribution = { ...DISTRIBUTION, behaviours };
    const facts = { ...subject, adoption: { record: undefined }, distribution };
    const settings = {
      behaviours: [{ pattern: 'api/*', key: { minimum, cookies: false, headers: [], ...inKey } }],
    };
    const look = { subject, planned: [{ facts }], settings: [settings] };
    const environments = [look as unknown as EnvironmentLook];
    return checkApis({ environments, policies } as unknown as DoctorFacts).map(({ id }) => id);
  };

  it('is asked with every method, keeps nothing, and is where setup says', () => {
    expect(find({})).toEqual([]);
    expect(find({ methods: ['GET', 'HEAD'] })).toEqual(['methods-missing']);
    expect(find({}, 60)).toEqual(['api-cached']);
    expect(find({}, 60, { headers: ['Origin'] })).toEqual(['api-cached']);
    expect(find({}, 60, { headers: ['Authorization'] })).toEqual([]);
    expect(find({}, 60, { cookies: true })).toEqual([]);
    expect(find({ originPath: '' })).toEqual(['api-missing']);
    expect(find({ originDomain: 'old.example.com' })).toEqual(['api-missing']);
  });
});
