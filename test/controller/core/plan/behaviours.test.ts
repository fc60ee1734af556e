import { describe, expect, it } from 'vitest';
import {
  planAssociations,
  type Behaviour,
  type Distribution,
} from '../../../../controller/core/plan/behaviours.ts';
import { checkBehaviours } from '../../../../controller/core/plan/check-behaviours.ts';
import { appPolicy, DISTRIBUTION, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const environment = environmentPolicy('1');
const subject = { app: appPolicy(environment), environment, group: GROUP };
const EXCLUDE = '/assets/config.json';
const excluding = {
  ...subject,
  app: { ...subject.app, pool: { include: ['/assets/*'], exclude: [EXCLUDE] } },
};

function changed(pattern: string, changes: Partial<Behaviour>): Distribution {
  const behaviours = DISTRIBUTION.behaviours.map((behaviour) =>
    behaviour.pattern === pattern ? { ...behaviour, ...changes } : behaviour,
  );
  return { ...DISTRIBUTION, behaviours };
}

function messages(distribution: Distribution, about = subject): readonly string[] {
  return checkBehaviours(distribution, about).map(({ message }) => message);
}

const DEFAULT = DISTRIBUTION.behaviours.at(-1) as Behaviour;

describe('checkBehaviours', () => {
  it('has nothing to say about a distribution that agrees with the policy', () => {
    expect(messages(DISTRIBUTION)).toEqual([]);
    const slashless = changed('/assets/*', { pattern: 'assets/*' });
    expect(messages(slashless)).toEqual([]);
  });

  it('takes a wildcard alias for every name below it, and for no other', () => {
    expect(messages({ ...DISTRIBUTION, aliases: ['*.example.com'] })).toEqual([]);
    const [problem] = messages({ ...DISTRIBUTION, aliases: ['*.shop.example.com'] });
    expect(problem).toContain('does not answer for shop.example.com');
  });

  it('lets a distribution without any host name wait for its certificate', () => {
    expect(messages({ ...DISTRIBUTION, aliases: [] })).toEqual([]);
  });

  it.each<[string, Distribution, string]>([
    [
      'a pooled pattern without a behaviour',
      { ...DISTRIBUTION, behaviours: [DEFAULT] },
      'no behaviour /assets/*',
    ],
    [
      'a pooled behaviour the policy has not',
      changed('/assets/*', { pattern: '/img/*' }),
      'serves /img/* from the pool',
    ],
    [
      'a function on a pooled behaviour',
      changed('/assets/*', { viewerRequestArn: 'arn:x' }),
      'runs a function',
    ],
    [
      'a default behaviour elsewhere',
      changed('*', { originDomain: 'api.example.com' }),
      'default behaviour',
    ],
    [
      'someone else’s function',
      changed('*', { viewerRequestArn: 'arn:function/auth' }),
      'already runs arn:function/auth',
    ],
    [
      'Lambda@Edge on a viewer event',
      changed('*', { lambdas: [{ event: 'viewer-request', arn: 'arn:l' }] }),
      'already runs viewer-request arn:l',
    ],
    [
      'a Lambda@Edge group of ours',
      changed('*', {
        lambdas: [
          {
            event: 'viewer-request',
            arn: 'arn:aws:lambda:us-east-1:000000000000:function:headgate-prod:1',
          },
        ],
      }),
      "allows one. A live environment can't change its runtime: make a new environment",
    ],
    [
      'a host that is not an alias',
      { ...DISTRIBUTION, aliases: ['other.example.com'] },
      'does not answer for shop.example.com',
    ],
    ['a disabled distribution', { ...DISTRIBUTION, enabled: false }, 'is disabled'],
  ])('refuses %s', (_name, distribution, text) => {
    expect(messages(distribution).join('\n')).toContain(text);
  });

  it('wants an exclude ahead of the pooled behaviours', () => {
    const exclude = { ...DEFAULT, pattern: EXCLUDE };
    const ahead = { ...DISTRIBUTION, behaviours: [exclude, ...DISTRIBUTION.behaviours] };
    expect(messages(ahead, excluding)).toEqual([]);
    const [pooled] = DISTRIBUTION.behaviours as [Behaviour];
    const behind = { ...DISTRIBUTION, behaviours: [pooled, exclude, DEFAULT] };
    expect(messages(behind, excluding).join()).toContain('ahead of the pooled ones');
    expect(messages(DISTRIBUTION, excluding).join()).toContain(EXCLUDE);
  });
});

describe('planAssociations', () => {
  it('plans nothing when both functions are there, and only what misses one', () => {
    expect(planAssociations(DISTRIBUTION, subject)).toBeUndefined();
    const bare = changed('*', { viewerResponseArn: undefined });
    expect(planAssociations(bare, subject)).toEqual({
      kind: 'associate',
      distribution: 'E1EXAMPLE',
      patterns: ['*'],
      requestFunction: 'headgate-prod-request',
      responseFunction: 'headgate-prod-response',
    });
  });

  it('leaves behaviours with other origins alone', () => {
    const api = {
      ...DEFAULT,
      pattern: '/api/*',
      originDomain: 'api.example.com',
      viewerRequestArn: undefined,
    };
    const mixed = { ...DISTRIBUTION, behaviours: [api, ...DISTRIBUTION.behaviours] };
    expect(planAssociations(mixed, subject)).toBeUndefined();
  });
});
