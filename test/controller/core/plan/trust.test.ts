import { describe, expect, it } from 'vitest';
import type { Behaviour, Distribution } from '../../../../controller/core/plan/behaviours.ts';
import { checkBehaviours } from '../../../../controller/core/plan/check-behaviours.ts';
import { explainTrust } from '../../../../controller/core/plan/trust.ts';
import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import { appPolicy, DISTRIBUTION, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const pulls = environmentPolicy('1', {
  name: 'pulls',
  preview: { access: 'open', ttlSeconds: 1, builds: 'all' },
});
const prod = environmentPolicy('1');

const SECOND = {
  originDomain: 'builds.s3.us-east-1.amazonaws.com',
  originPath: '/shop/untrusted/pool',
  statuses: [403, 404],
};

function messages(environment: EnvironmentPolicy, pooled: Partial<Behaviour>): readonly string[] {
  const behaviours = DISTRIBUTION.behaviours.map((behaviour) =>
    behaviour.pattern === '/assets/*' ? { ...behaviour, ...pooled } : behaviour,
  );
  const distribution: Distribution = { ...DISTRIBUTION, behaviours };
  const subject = { app: appPolicy(environment), environment, group: GROUP };
  return checkBehaviours(distribution, subject).map(({ message }) => message);
}

describe('pooled behaviours', () => {
  it('ask both pools where builds of pull requests are shown', () => {
    expect(messages(pulls, { second: SECOND })).toEqual([]);
  });

  it.each<[string, Partial<Behaviour>]>([
    ['no origin group', {}],
    ['404 alone: S3 may say 403', { second: { ...SECOND, statuses: [404] } }],
    ['another app’s pool', { second: { ...SECOND, originPath: '/cart/untrusted/pool' } }],
    ['another bucket', { second: { ...SECOND, originDomain: 'x.s3.us-east-1.amazonaws.com' } }],
  ])('and nothing less: %s', (_name, pooled) => {
    const [problem = ''] = messages(pulls, pooled);
    expect(problem).toContain('behaviour /assets/* of distribution E1EXAMPLE');
    expect(problem).toContain('/shop/pool, then /shop/untrusted/pool on 403 and 404');
  });

  it('never reach them where customers are, as second or as first', () => {
    const second = messages(prod, { second: SECOND });
    expect(second).toEqual([expect.stringContaining('reaches builds of pull requests')]);
    const first = messages(prod, { originPath: '/cart/untrusted/builds/pr-1' });
    expect(first.join('\n')).toContain('/assets/* of distribution E1EXAMPLE reaches builds of');
    expect(messages(prod, { second: { ...SECOND, originPath: '/shop/pool' } })).toEqual([]);
    const folder = messages(prod, { originPath: '/shop' });
    expect(folder.join('\n')).toContain('/assets/* of distribution E1EXAMPLE reaches builds of');
  });
});

it('the plan says whose code is shown where, and warns of a host too near to customers', () => {
  const app = { ...appPolicy(prod), environments: [prod, pulls] };
  expect(explainTrust({ app, environment: prod })).toEqual([]);
  const [what, warning] = explainTrust({ app, environment: pulls });
  expect(what).toContain('shows builds of pull requests on shop.example.com');
  expect(warning).toContain('use another registrable domain');
  const apart = { ...pulls, hosts: ['shop.example-pulls.net'] };
  expect(explainTrust({ app, environment: apart })).toHaveLength(1);
  const alone = { ...appPolicy(pulls), environments: [pulls] };
  expect(explainTrust({ app: alone, environment: pulls, neighbours: [alone] })).toHaveLength(1);
  const [, near] = explainTrust({ app: alone, environment: pulls, neighbours: [app] });
  expect(near).toContain('seems to be the same site as shop.example.com');
});

it('the plan warns where who signs links of pull requests could sign for customers', () => {
  const signed = { ...pulls, preview: { ...pulls.preview, access: 'signed' } } as const;
  const far = { ...signed, hosts: ['shop.example-pulls.net'] };
  const app = { ...appPolicy(prod), environments: [prod, far] };
  const [, warning] = explainTrust({ app, environment: far, group: GROUP });
  expect(warning).toContain('shop/prod too: who signs links of pull requests can sign previews');
  const own = { ...far, edge: { ...far.edge, group: 'pulls' } };
  expect(explainTrust({ app, environment: own, group: GROUP })).toHaveLength(1);
  const keysOfTheirOwn = { app, environment: far, group: { runtime: 'lambda-edge' } } as const;
  expect(explainTrust(keysOfTheirOwn)).toHaveLength(1);
});
