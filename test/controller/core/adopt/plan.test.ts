import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { AdoptFacts } from '../../../../controller/core/adopt/facts.ts';
import { planAdopt, type AdoptPlan } from '../../../../controller/core/adopt/plan.ts';
import { renderApp, renderEdge } from '../../../../controller/core/adopt/policy-text.ts';
import { renderAdopt } from '../../../../controller/core/adopt/report.ts';
import type { Behaviour, Distribution } from '../../../../controller/core/plan/behaviours.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';

const LAMBDA = 'arn:aws:lambda:us-east-1:111122223333:function:';
const SITE: Behaviour = {
  pattern: '*',
  originDomain: 'acme-web.s3.eu-west-1.amazonaws.com',
  originPath: '',
  methods: ['GET', 'HEAD'],
  caching: { minimum: 0, maximum: 86_400, keyHeaders: [], inKey: [], forwarded: [] },
  viewerRequestArn: undefined,
  viewerResponseArn: undefined,
  lambdas: [],
};
const DISTRIBUTION: Distribution = {
  id: 'E2QWRUHAPOMQZL',
  domain: 'd111.cloudfront.net',
  aliases: ['shop.example.com'],
  enabled: true,
  status: 'Deployed',
  originIds: ['site'],
  rootObject: '',
  errorPages: [],
  behaviours: [SITE],
  revision: 'r1',
};

const FACTS: AdoptFacts = {
  app: 'shop',
  environment: 'prod',
  group: 'prod',
  distribution: DISTRIBUTION,
  bucket: 'acme-web',
  region: 'eu-west-1',
  content: { builds: ['1041', '1040'], hasPage: false, folders: ['1040', '1041'] },
  parameter: { name: '/shop/active-build', value: '1041' },
  said: { hosts: [], replaces: [], keeps: [], spa: true },
  shown: { kind: 'build', build: '1041' },
  inBuild: [],
};
const FLAT = { builds: [], hasPage: true, folders: [] };

/** The default behaviour with these changes. */
function changed(changes: Partial<Behaviour>, more: Partial<Distribution> = {}): Distribution {
  return { ...DISTRIBUTION, behaviours: [{ ...SITE, ...changes }], ...more };
}

function said(changes: Partial<AdoptFacts['said']>): AdoptFacts['said'] {
  return { ...FACTS.said, ...changes };
}

function plan(changes: Partial<AdoptFacts>): AdoptPlan {
  const made = planAdopt({ ...FACTS, ...changes });
  if ('facts' in made) return made;
  throw new Error(made.map(({ message }) => message).join('; '));
}

function open(changes: Partial<AdoptFacts>): readonly string[] {
  const made = planAdopt({ ...FACTS, ...changes });
  return 'facts' in made
    ? []
    : made.map(({ kind, message, next }) => `${kind}: ${message}. ${next}`);
}

const OLD = changed({ lambdas: [{ event: 'origin-request', arn: `${LAMBDA}versioned:7` }] });
const ERROR = { code: 404, page: '/index.html', status: 200, cachingSeconds: 10 };

describe('what keeps a policy from being written', () => {
  it.each<[string, Partial<AdoptFacts>, string]>([
    [
      'a function on a viewer event',
      { distribution: changed({ viewerRequestArn: 'arn:aws:cloudfront::1:function/login' }) },
      'refusal: distribution E2QWRUHAPOMQZL runs login at viewer-request (*), and CloudFront runs one function per event. If all it does is choose builds: --replaces login. What else it does (a login, redirects, headers) belongs into a file that the group names as `before: ./viewer.js`',
    ],
    [
      'one at an origin event',
      { distribution: OLD },
      'refusal: distribution E2QWRUHAPOMQZL runs versioned at origin-request (*), where a build',
    ],
    [
      'one of Headgate’s',
      { distribution: changed({ viewerRequestArn: 'arn:a:function/headgate-prod-request' }) },
      "Headgate's already",
    ],
    [
      'a name that runs nowhere',
      { said: said({ replaces: ['versoned'] }), distribution: OLD },
      'runs no function versoned. It runs versioned',
    ],
    [
      'whether it is an app of one page, where a function knows',
      { distribution: OLD, said: { hosts: [], replaces: ['versioned'], keeps: [] } },
      'question: only versioned knows what /some/page gets',
    ],
    [
      'cookies in the key that mean who knows what',
      {
        distribution: {
          ...OLD,
          behaviours: OLD.behaviours.map((one) => ({
            ...one,
            caching: { ...SITE.caching, keyCookies: ['v'], inKey: ['cookies'] } as never,
          })),
        },
        said: said({ replaces: ['versioned'] }),
      },
      'question: cookies are in the cache key (v)',
    ],
    ['no host', { distribution: { ...DISTRIBUTION, aliases: ['*.example.org'] } }, '--hosts'],
    [
      'a wildcard: whoever comes by it would get 503',
      { distribution: { ...DISTRIBUTION, aliases: ['shop.example.com', '*.example.org'] } },
      'question: distribution E2QWRUHAPOMQZL answers for *.example.org too, and Headgate',
    ],
    [
      'a host that is left out',
      {
        distribution: { ...DISTRIBUTION, aliases: ['shop.example.com', 'www.example.com'] },
        said: said({ hosts: ['shop.example.com'] }),
      },
      'answers for www.example.com too',
    ],
    [
      'another build on the site than the parameter says',
      { shown: { kind: 'build', build: '1040' } },
      'SSM /shop/active-build says 1041, and the site shows build 1040',
    ],
    [
      'a build that isn’t there',
      { said: said({ build: '1042' }), shown: { kind: 'other' } },
      'there is no build 1042',
    ],
    [
      'nothing that says which build',
      { parameter: undefined, shown: { kind: 'other' } },
      'question: nothing says which build visitors get',
    ],
    [
      'folders that may be builds or pages',
      { content: { ...FLAT, builds: ['docs'] }, parameter: undefined, shown: { kind: 'other' } },
      'if they are pages of one site: --flat',
    ],
    ['nothing to adopt', { content: { ...FLAT, hasPage: false } }, 'has neither an index.html'],
    [
      'other files of the bucket behind a behaviour',
      { distribution: { ...DISTRIBUTION, behaviours: [{ ...SITE, pattern: '/static/*' }, SITE] } },
      'behaviour /static/* of distribution E2QWRUHAPOMQZL serves files of bucket acme-web that the build',
    ],
    [
      'a behaviour that none of what chooses builds runs on',
      {
        distribution: {
          ...OLD,
          behaviours: [{ ...SITE, pattern: '/static/*' }, ...OLD.behaviours],
        },
        said: said({ replaces: ['versioned'] }),
        inBuild: ['/static/*'],
      },
      'behaviour /static/* of distribution E2QWRUHAPOMQZL serves files',
    ],
    [
      'a function where the bucket has a domain of old',
      {
        distribution: changed({
          originDomain: 'acme-web.s3-eu-west-1.amazonaws.com',
          viewerRequestArn: 'arn:aws:cloudfront::1:function/login',
        }),
      },
      'runs login at viewer-request',
    ],
  ])('%s', (_name, changes, message) => {
    expect(open(changes).join('\n')).toContain(message);
  });

  it('everything at once', () => {
    const parameter = undefined;
    const shown = { kind: 'unknown', why: 'it did not answer' } as const;
    expect(open({ distribution: { ...OLD, aliases: [] }, parameter, shown })).toHaveLength(3);
  });
});

describe('what is found', () => {
  it('takes the site’s own word where nobody says which build', () => {
    expect(plan({ parameter: undefined }).build).toBe('1041');
  });

  it('takes error pages for an app of one page, and nothing for none', () => {
    const bare = { hosts: [], replaces: [], keeps: [] };
    const one = plan({ distribution: changed({}, { errorPages: [ERROR] }), said: bare });
    expect(one.spa).toEqual({ is: true, because: 'its error pages answer 404 with /index.html' });
    expect(plan({ said: bare }).spa.is).toBe(false);
  });

  it('lets stay what only looks at answers of the bucket, or is said to leave the path alone', () => {
    const lambdas = [
      { event: 'origin-response', arn: `${LAMBDA}headers:2` },
      { event: 'origin-request', arn: `${LAMBDA}sign:2` },
    ];
    const made = plan({ distribution: changed({ lambdas }), said: said({ keeps: ['sign'] }) });
    expect(made.leaving).toEqual([]);
    expect(renderApp(made)).not.toContain('replaces');
  });

  it('takes other behaviours along whose files the build has', () => {
    const behaviours = [{ ...SITE, pattern: '/assets/*' }, SITE];
    const distribution = { ...DISTRIBUTION, behaviours };
    expect(plan({ distribution, inBuild: ['/assets/*'] }).build).toBe('1041');
    expect(plan({ distribution, content: FLAT, parameter: undefined }).layout).toBe('flat');
  });
});

describe('the policy', () => {
  const keyed = {
    ...SITE,
    originPath: '/builds',
    caching: { ...SITE.caching, keyCookies: ['Build-Number', 'Override'] } as never,
  };
  const all: readonly (readonly [string, Partial<AdoptFacts>])[] = [
    ['folders of builds', {}],
    ['one site', { content: FLAT, parameter: undefined, shown: { kind: 'top' } }],
    [
      'a path, cookies and functions',
      {
        distribution: {
          ...OLD,
          behaviours: [{ ...keyed, lambdas: OLD.behaviours[0]?.lambdas ?? [] }],
        },
        said: said({ replaces: ['versioned'] }),
      },
    ],
    [
      'Lambda@Edge',
      {
        said: said({
          role: 'arn:aws:iam::111122223333:role/edge',
          cookies: { build: 'b', override: 'o' },
        }),
      },
    ],
    [
      'a number that YAML would read otherwise',
      {
        said: said({ build: '010' }),
        parameter: undefined,
        content: { ...FACTS.content, builds: ['010'] },
        shown: { kind: 'other' },
      },
    ],
  ];

  it.each(all)('has no issues: %s', (_name, changes) => {
    const made = plan(changes);
    const texts = [
      { file: 'edge.yaml', text: renderEdge(made, undefined) ?? '' },
      { file: 'shop.yaml', text: renderApp(made) },
    ];
    const { policies, issues } = readPolicies(texts);
    expect(issues).toEqual([]);
    expect(policies.apps[0]?.environments[0]).toMatchObject({
      hosts: ['shop.example.com'],
      release: { build: made.build },
      // People are served by it: the exchange waits, whatever else counts on.
      adopted: expect.any(Object),
    });
  });

  it('names the hosts behind a wildcard that a person has named', () => {
    const distribution = { ...DISTRIBUTION, aliases: ['*.example.org'] };
    const hosts = ['shop.example.org', 'www.example.org'];
    expect(plan({ distribution, said: said({ hosts }) }).hosts).toEqual(hosts);
  });

  it('describes what is live', () => {
    const [, changes] = all[2] ?? [];
    expect(parse(renderApp(plan(changes ?? {})))).toMatchObject({
      root: 'builds/',
      pool: { include: [] },
      layout: 'tree',
      environments: {
        prod: {
          release: { build: '1041' },
          preview: { access: 'open' },
          adopted: {
            cookies: true,
            activeBuildParameter: '/shop/active-build',
            replaces: ['versioned'],
            originPath: '/builds',
          },
        },
      },
    });
  });

  it('puts the group into an edge.yaml that is there, and leaves the rest as people wrote it', () => {
    const present =
      '# ours\napiVersion: headgate/v1\ngroups:\n  staging: # first\n    runtime: cloudfront-functions\n';
    const more = '# both\ntogether: []\n';
    const text = renderEdge(plan({}), present + more) ?? '';
    expect(text.startsWith(present)).toBe(true);
    expect(text.endsWith(more)).toBe(true);
    expect(parse(text)).toMatchObject({ groups: { prod: { keyValueStore: 'headgate-prod' } } });
    const flow = 'groups: { staging: { region: us-east-1 } }';
    expect(parse(renderEdge(plan({}), flow) ?? '')).toMatchObject({
      groups: { staging: {}, prod: { bucket: 'acme-web' } },
    });
    expect(renderEdge(plan({ group: 'staging' }), present)).toBeUndefined();
  });
});

describe('the way there', () => {
  it('keeps the cache, the error pages and the path of today until after the exchange', () => {
    const text = renderAdopt(
      plan({
        content: FLAT,
        parameter: undefined,
        shown: { kind: 'top' },
        distribution: changed(
          {
            originPath: '/site',
            caching: {
              minimum: 0,
              maximum: 1,
              keyHeaders: ['accept'],
              inKey: ['query strings'],
              forwarded: [],
            },
          },
          { errorPages: [ERROR] },
        ),
        said: said({}),
      }),
      { directory: 'policies', hasGroup: false },
    );
    for (const part of [
      'query strings and headers (accept) in the cache key',
      '404 is answered with /index.html and 200',
      'ErrorCachingMinTTL 0 for 403 and 404',
      'aws s3 sync s3://acme-web/site/ site\n',
      'the behaviours ask the bucket as a whole instead of /site',
      'headgate eject shop prod',
    ]) {
      expect(text).toContain(part);
    }
    expect(text.indexOf('headgate reconcile')).toBeLessThan(text.indexOf('After the exchange'));
  });
});
