import type { InfrastructureFacts } from '../../../../controller/core/infrastructure/facts.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { readExample } from '../policy/fixtures.ts';

/** Facts of policies as text; `edge` and each app's. Throws where they have issues. */
export function readFacts(
  edge: string,
  apps: Readonly<Record<string, string>>,
  live: InfrastructureFacts['live'] = {},
): InfrastructureFacts {
  const files = Object.entries({ edge, ...apps }).map(([name, text]) => ({
    file: `policies/${name}.yaml`,
    text,
  }));
  const { policies, issues } = readPolicies(files, { isDeployed: false });
  if (issues.length > 0) throw new Error(JSON.stringify(issues, undefined, 2));
  return { policies, live };
}

/** The example policies, as they are before the first deployment, with what a team adds. */
export function readDemo(setup = SETUP): InfrastructureFacts {
  const edge = readExample('edge.yaml').text;
  const shop = readExample('shop.yaml').text.replaceAll(/, distribution: \w+/g, '');
  return readFacts(`${edge}\n${setup}`, { shop });
}

const SETUP = `setup:
  github: { releases: acme/releases, apps: { shop: acme/shop } }
  certificates: { '*': arn:aws:acm:us-east-1:111122223333:certificate/1234 }
`;

const EDGE = `apiVersion: headgate/v1
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-web-builds, region: us-east-1 }
  pulls: { runtime: cloudfront-functions, keyValueStore: headgate-pulls, bucket: acme-edge, region: us-east-1 }
`;

const APP = `apiVersion: headgate/v1
app: shop
bucket: acme-web-builds
region: us-east-1
`;

/** An environment `prod` and one of pull requests. */
export function readPreviews(): InfrastructureFacts {
  const shop = `${APP}pool: { include: [/assets/*], exclude: [/assets/config.json] }
environments:
  prod: { hosts: [shop.example.com], edge: { group: prod }, release: { build: "1" } }
  pulls: { hosts: [shop.acme-pulls.net], edge: { group: pulls }, release: { build: "1" }, preview: { builds: all } }
`;
  return readFacts(EDGE, { shop });
}

/** Lambda@Edge with a table of sessions in two regions. */
export function readLambda(): InfrastructureFacts {
  const edge = `apiVersion: headgate/v1
groups:
  sticky:
    runtime: lambda-edge
    role: arn:aws:iam::111122223333:role/web/headgate-edge
    bucket: acme-web-builds
    region: us-east-1
    sessions: { table: sessions, regions: [us-east-1, eu-west-1], cookie: session }
setup: { stack: acme, headers: none, fastLane: off }
`;
  const shop = `${APP}environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: sticky }
    release: { build: "1" }
    gate: { protect: [/cart/*], page: /waiting.html }
`;
  const live = {
    'shop/prod': [
      {
        pattern: '*',
        functions: [],
        lambdas: ['viewer-request', 'origin-request', 'viewer-response'].map((event) => ({
          event,
          arn: 'arn:aws:lambda:us-east-1:111122223333:function:headgate-sticky:3',
        })),
      },
    ],
  };
  return readFacts(edge, { shop }, live);
}

/** Whole origins by id and by URL, and an API. */
export function readOrigins(): InfrastructureFacts {
  const edge = `${EDGE}setup:
  origins: { shop: { blue-app: https://blue.example.com } }
  apis: { shop/prod: { /api/*: https://api.example.com:8443/v2 } }
`;
  const shop = `${APP}pool: { include: [] }
origins: { blue: { id: blue-app }, green: { url: https://green.example.com } }
environments:
  prod: { hosts: [shop.example.com], edge: { group: prod }, release: { build: blue } }
`;
  return readFacts(edge, { shop });
}

/** A bucket and alarms in another region, the beacon, and an alarm of the team's own. */
export function readTwoRegions(): InfrastructureFacts {
  const edge = `${EDGE}setup:
  alarms:
    checkout-errors: { namespace: Storefront, metric: CheckoutErrors, threshold: 5, dimensions: { Service: checkout } }
    shop-other: existing
  fastLane: { schedule: rate(5 minutes), revert: { app: "12345", key: ssm:/headgate-github-key } }
  github: { releases: acme@1/releases@2, apps: { shop: acme/shop }, provider: existing }
`;
  const shop = `${APP.replace('acme-web-builds', 'acme-web-eu').replace('us-east-1', 'eu-west-1')}environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod }
    release: { build: "1" }
    guard:
      alarms: [{ name: checkout-errors }, { name: shop-prod-5xx, region: us-east-1 }, { name: shop-other }]
      beacon: hold
`;
  return readFacts(edge, { shop });
}

/** Ten apps with three environments each, all in one bucket. */
export function readTenApps(): InfrastructureFacts {
  const names = Array.from({ length: 10 }, (_, index) => `web-app-${index}`);
  const apps = names.map((app) => {
    const environment = (name: string) => `  ${name}:
    hosts: [${name}.${app}.example.com]
    edge: { group: prod }
    release: { build: "1" }
    guard: { alarms: [{ name: ${app}-${name}-errors }] }
`;
    const environments = ['dev', 'staging', 'prod'].map(environment).join('');
    return [
      app,
      `${APP.replace('app: shop', `app: ${app}`)}environments:\n${environments}`,
    ] as const;
  });
  return readFacts(EDGE, Object.fromEntries(apps));
}
