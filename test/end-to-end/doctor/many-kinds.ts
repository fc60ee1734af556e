import type { Texts } from './patient.ts';

/** Both runtimes, pull requests, a gate, an alarm in another region. Nothing is published. */
export const MANY_KINDS: Texts = {
  edge: `apiVersion: headgate/v1
setup:
  fastLane: { schedule: rate(59 minutes) }
  certificates: { '*': 'arn:aws:acm:us-east-1:111122223333:certificate/11112222-3333-4444-5555-666677778888' }
  alarms: { checkout: { namespace: Shop, metric: Errors, threshold: 5 } }
groups:
  pulls: { runtime: cloudfront-functions, keyValueStore: headgate-pulls, bucket: acme-web-builds, region: eu-west-1 }
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-web-builds, region: eu-west-1 }
  sticky:
    runtime: lambda-edge
    role: arn:aws:iam::000000000000:role/headgate-edge
    bucket: acme-web-builds
    region: eu-west-1
`,
  shop: `apiVersion: headgate/v1
app: shop
bucket: acme-web-builds
region: eu-west-1
pool: { include: [/assets/*], exclude: [/assets/config.json] }
environments:
  pulls:
    hosts: [pulls.localhost]
    edge: { group: pulls }
    release: { build: "1041" }
    preview: { builds: all, access: open }
  prod:
    hosts: [shop.localhost]
    edge: { group: prod }
    release: { build: "1041" }
    gate: { protect: [/checkout/*], page: /waiting.html }
    guard: { alarms: [{ name: checkout, region: eu-west-1 }, { name: shop-prod-errors, region: us-east-1 }] }
  sticky:
    hosts: [sticky.localhost]
    edge: { group: sticky }
    release: { build: "1041" }
`,
};
