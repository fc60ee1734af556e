/** Policies that use what needs permissions: both runtimes, signed links, a gate, pull requests, other regions' alarms. */
const EDGE = `apiVersion: headgate/v1
setup:
  github: { releases: acme/releases, apps: { shop: acme/shop, cart: acme/cart } }
  alarms: { cart-prod-errors: { namespace: Cart, metric: Errors, statistic: Sum, threshold: 5 } }
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-web-builds, region: us-east-1, watch: 0s }
  pulls: { runtime: cloudfront-functions, keyValueStore: headgate-pulls, bucket: acme-web-builds, region: us-east-1 }
  sticky:
    runtime: lambda-edge
    role: arn:aws:iam::000000000000:role/headgate-sticky
    bucket: acme-web-builds
    region: us-east-1
    routeMaxAge: 0.01s
    sessions: { table: sessions, regions: [us-east-1], cookie: session }
`;

const SHOP = `apiVersion: headgate/v1
app: shop
bucket: acme-web-builds
region: us-east-1
environments:
  prod:
    hosts: [shop.localhost]
    edge: { group: prod }
    release: { build: "1041", bake: 1h }
    preview: { access: signed }
    gate: { protect: [/checkout/*], priority: { cookie: shop_priority }, page: /waiting.html }
    guard: { alarms: [{ name: shop-prod-errors, region: us-east-1 }], noData: pass }
  pulls:
    hosts: [shop.pulls.localhost]
    edge: { group: pulls }
    release: { build: "1041" }
    preview: { access: signed, builds: all }
`;

const CART = `apiVersion: headgate/v1
app: cart
bucket: acme-web-builds
region: us-east-1
environments:
  prod:
    hosts: [cart.localhost]
    edge: { group: sticky }
    release: { build: "1041" }
    preview: { access: signed }
    gate: { protect: [/checkout/*], accepting: false, page: /waiting.html }
    guard: { alarms: [{ name: cart-prod-errors, region: eu-west-1 }], noData: pass }
`;

export const FIRST = { edge: EDGE, shop: SHOP, cart: CART };

/** What people write into them afterwards: the text that goes, and what comes. */
export const EDITS = {
  roll: ['build: "1041", bake: 1h', 'build: "1042", steps: [{ weight: 50%, hold: 1h }], bake: 1h'],
  rollCart: ['build: "1041" }', 'build: "1042", steps: [{ weight: 50%, hold: 1h }], bake: 1h }'],
  again: ['build: "1042", steps', 'build: "1043", steps'],
  /** Other features are other code. */
  code: ['preview: { access: signed }', 'preview: { access: signed }\n    pinnedUrls: true'],
  version: ['routeMaxAge: 0.01s', 'routeMaxAge: 0.02s'],
} as const;
