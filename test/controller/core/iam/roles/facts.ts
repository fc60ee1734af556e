import type { PolicyDocument } from '../../../../../controller/core/iam/document.ts';
import { resolveDocument } from '../../../../../controller/core/iam/resolve.ts';
import type { Role, RoleFacts } from '../../../../../controller/core/iam/roles/facts.ts';
import { listRoles } from '../../../../../controller/core/iam/roles/list.ts';
import { readPolicies } from '../../../../../controller/core/policy/read-policies.ts';

export const ACCOUNT = '111122223333';

const EDGE = `
apiVersion: headgate/v1
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-web-builds, region: us-east-1 }
  pulls: { runtime: cloudfront-functions, keyValueStore: headgate-pulls, bucket: acme-web-builds, region: us-east-1 }
  sticky:
    runtime: lambda-edge
    role: arn:aws:iam::${ACCOUNT}:role/edge/headgate-sticky
    bucket: acme-web-builds
    region: us-east-1
    sessions: { table: sessions, regions: [us-east-1, eu-west-1], cookie: session }
setup:
  github: { releases: acme/releases, branch: main, apps: { shop: acme/shop, cart: acme/cart }, provider: create }
`;

const SHOP = `
apiVersion: headgate/v1
app: shop
bucket: acme-web-builds
region: us-east-1
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E1PRODUCTSHOP }
    release: { build: "1" }
    guard: { alarms: [{ name: shop-prod-errors, region: eu-west-1 }] }
  pulls:
    hosts: [shop.example-pulls.net]
    edge: { group: pulls, distribution: E1PULLSPULLSP }
    release: { build: "1" }
    preview: { access: signed, builds: all }
`;

const CART = `
apiVersion: headgate/v1
app: cart
bucket: acme-web-builds
region: us-east-1
environments:
  prod:
    hosts: [cart.example.com]
    edge: { group: sticky, distribution: E1STICKYCARTS }
    release: { build: "1" }
    preview: { access: signed }
`;

/** Two apps, both runtimes, pull requests, an alarm of another region. */
export function makeFacts(edge = EDGE, apps: readonly string[] = [SHOP, CART]): RoleFacts {
  const texts = [edge, ...apps].map((text, index) => ({
    file: index === 0 ? 'policies/edge.yaml' : `policies/app-${index}.yaml`,
    text,
  }));
  const { policies, issues } = readPolicies(texts);
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return {
    policies,
    ids: {
      distribution: (app, environment) => `Distribution${app}${environment}`,
      keyValueStore: (group) => `Store${group}`,
    },
  };
}

/** As CloudFormation fills it in. */
export function fill(document: PolicyDocument): PolicyDocument {
  const arn = (name: string) => `arn:aws:cloudfront::${ACCOUNT}:key-value-store/id-of-${name}`;
  return resolveDocument(document, {
    'AWS::AccountId': ACCOUNT,
    Distributionshopprod: 'E1PRODUCTSHOP',
    Distributionshoppulls: 'E1PULLSPULLSP',
    Distributioncartprod: 'E1STICKYCARTS',
    'Storeprod.Arn': arn('prod'),
    'Storepulls.Arn': arn('pulls'),
  });
}

export function rolesOf(facts = makeFacts()): readonly Role[] {
  return listRoles(facts).map((role) => ({
    ...role,
    trust: fill(role.trust),
    policy: fill(role.policy),
  }));
}
