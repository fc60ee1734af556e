import { describe, expect, it, test } from 'vitest';
import { evaluate } from '../../../../../controller/core/iam/evaluate.ts';
import { ACCOUNT, makeFacts, rolesOf } from './facts.ts';

const roles = rolesOf();
const ISSUER = 'token.actions.githubusercontent.com';

/** Roles that a job with this subject gets. */
function assumed(sub: string, aud = 'sts.amazonaws.com'): readonly string[] {
  const principal = {
    kind: 'Federated',
    names: [`arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`],
  } as const;
  const action = 'sts:AssumeRoleWithWebIdentity';
  const context = { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: aud };
  return roles
    .filter(
      ({ trust }) => evaluate([trust], { action, resource: '*', context, principal }) === 'allowed',
    )
    .map(({ name }) => name.replace(/^headgate-/, ''))
    .toSorted();
}

describe('who becomes', () => {
  const main = ['edge-deploy', 'gc', 'release', 'rollback'];
  test.each<[string, readonly string[]]>([
    ['repo:acme/releases:ref:refs/heads/main', main],
    ['repo:acme/releases:pull_request', ['plan']],
    ['repo:acme/releases:ref:refs/heads/headgate/revert/shop/prod/7', ['plan']],
    ['repo:acme/releases:ref:refs/heads/other', []],
    ['repo:acme/releases:ref:refs/heads/main2', []],
    ['repo:acme/releases:environment:headgate', []],
    ['repo:acme/shop:ref:refs/heads/main', ['publish-shop']],
    ['repo:acme/shop:pull_request', ['pull-request-shop']],
    ['repo:acme/cart:pull_request', []],
    ['repo:acme/shop-evil:ref:refs/heads/main', []],
    ['repo:evil/shop:ref:refs/heads/main', []],
    ['repo:ACME/shop:ref:refs/heads/main', []],
  ])('%s', (subject, who) => {
    expect(assumed(subject)).toEqual(who);
    expect(assumed(subject, 'https://github.com/acme')).toEqual([]);
  });

  test.each([
    [ACCOUNT, 'eu-west-1', 'headgate-forward', true],
    [ACCOUNT, 'eu-west-1', 'theirs', false],
    [ACCOUNT, 'eu-central-1', 'headgate-forward', false],
    ['444455556666', 'eu-west-1', 'headgate-forward', false],
  ])('of the rules of EventBridge in account %s, %s: %s', (account, region, rule, isTrusted) => {
    const { trust } = roles.find(({ verb }) => verb === 'forward')!;
    const asked = {
      action: 'sts:AssumeRole',
      resource: '*',
      context: {
        'aws:SourceAccount': account,
        'aws:SourceArn': `arn:aws:events:${region}:${account}:rule/${rule}`,
      },
      principal: { kind: 'Service', names: ['events.amazonaws.com'] } as const,
    };
    expect(evaluate([trust], asked) === 'allowed').toBe(isTrusted);
    // Nobody's rule: another service's, or a request without a source.
    expect(evaluate([trust], { ...asked, context: {} })).toBe('implicitDeny');
  });

  it('nothing at all, as a pull request, where the policies say so', () => {
    const { policies, ids } = makeFacts();
    const github = { ...policies.setup!.github!, plan: 'off' as const };
    const setup = { ...policies.setup!, github };
    const others = rolesOf({ policies: { ...policies, setup }, ids });
    expect(others).toHaveLength(roles.length - 1);
    const trusting = others.filter(({ trust }) =>
      JSON.stringify(trust).includes('acme/releases:pull_request'),
    );
    expect(trusting).toEqual([]);
  });

  it('also the jobs of a GitHub environment, and a repository by its ids, where the policies say so', () => {
    const edge = `
apiVersion: headgate/v1
groups: { prod: { runtime: cloudfront-functions, keyValueStore: s, bucket: b-b, region: us-east-1 } }
setup: { github: { releases: acme@12/releases@34, apps: {}, environment: headgate } }`;
    const [release] = rolesOf(makeFacts(edge, [])).filter(({ verb }) => verb === 'release');
    expect(JSON.stringify(release?.trust)).toContain(
      '["repo:acme@12/releases@34:ref:refs/heads/main","repo:acme@12/releases@34:environment:headgate"]',
    );
  });
});
