import type { PolicyDocument } from '../../../../../controller/core/iam/document.ts';
import { resolveDocument } from '../../../../../controller/core/iam/resolve.ts';
import { listRoles } from '../../../../../controller/core/iam/roles/list.ts';
import { makeFacts } from './facts.ts';

const EDGE = `
apiVersion: headgate/v1
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-web-builds, region: us-east-1 }
  pulls: { runtime: cloudfront-functions, keyValueStore: headgate-pulls, bucket: acme-web-builds, region: us-east-1 }
setup:
  github: { releases: acme/releases, apps: { shop: acme/shop } }
`;

const SHOP = `
apiVersion: headgate/v1
app: shop
bucket: acme-web-builds
region: us-east-1
environments:
  prod: { hosts: [shop.example.com], edge: { group: prod, distribution: E2PRODUCTSHOP }, release: { build: "1" } }
  pulls:
    hosts: [shop.acme-pulls.net]
    edge: { group: pulls, distribution: E1PULLSPULLSPU }
    release: { build: "1" }
    preview: { access: open, builds: all }
`;

/** What stands on which page, in this order. */
const PAGES: Readonly<Record<string, readonly (readonly [string, 'trust' | 'policy'])[]>> = {
  'first-build.md': [
    ['headgate-publish-shop', 'trust'],
    ['headgate-publish-shop', 'policy'],
  ],
  'pull-requests.md': [['headgate-pull-request-shop', 'policy']],
  'cleaning-up.md': [['headgate-gc', 'policy']],
  'fast-lane.md': [
    ['headgate-fast-lane', 'trust'],
    ['headgate-fast-lane', 'policy'],
  ],
};

/** As the rest of the page has it. */
const ACCOUNTS: Readonly<Record<string, string>> = { 'first-build.md': '111122223333' };

/** The documents that pages of policies/ show, as `bootstrap --roles` has them for stores that others made. */
export function documentsOfPages(): Readonly<Record<string, readonly PolicyDocument[]>> {
  const facts = makeFacts(EDGE, [SHOP]);
  const ids = { distribution: () => undefined, keyValueStore: () => undefined };
  const roles = listRoles({ ...facts, ids });
  const shown = Object.entries(PAGES).map(([page, blocks]) => {
    const documents = blocks.map(([name, which]) => {
      const role = roles.find((one) => one.name === name);
      if (role === undefined) throw new Error(`there is no role ${name}`);
      return resolveDocument(role[which], { 'AWS::AccountId': ACCOUNTS[page] ?? '123456789012' });
    });
    return [page, documents] as const;
  });
  return Object.fromEntries(shown);
}
