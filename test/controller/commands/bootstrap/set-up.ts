import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrap } from '../../../../controller/commands/bootstrap.ts';
import type { Command } from '../../../../controller/commands/command.ts';
import { runInProcess } from '../../../end-to-end/run-in-process.ts';
import { createEmptySetting, type Setting } from '../../../end-to-end/setting.ts';

/** A team's policies before anything is there: no ids, and what its account is to have. */
export const EDGE = `apiVersion: headgate/v1
setup:
  github: { releases: acme/releases, apps: { shop: acme/shop } }
  certificates: { '*': 'arn:aws:acm:us-east-1:111122223333:certificate/11112222-3333-4444-5555-666677778888' }
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-edge, region: us-east-1 }
`;
export const SHOP = `apiVersion: headgate/v1
app: shop # the shop
bucket: acme-web-builds
region: eu-west-1
environments:
  prod:
    hosts: [shop.localhost]
    edge: { group: prod } # which
    release: { build: "1041" }
    guard: { alarms: [{ name: shop-prod-errors, region: us-east-1 }], noData: pass }
`;

export interface Account {
  readonly setting: Setting;
  /** Of the policies. */
  readonly policies: string;
  run(
    command: Command,
    args: readonly string[],
    endpoint?: string,
  ): Promise<Awaited<ReturnType<typeof runInProcess>>>;
  bootstrap(...args: readonly string[]): ReturnType<Account['run']>;
  readPolicy(): Promise<string>;
  writePolicies(policies: { readonly edge?: string; readonly shop?: string }): Promise<void>;
  /** The same account in the same state, from now on apart. */
  fork(options?: Parameters<Setting['fork']>[0]): Promise<Account>;
}

/** An account without anything in it. */
export async function openAccount(
  options?: Parameters<typeof createEmptySetting>[0],
): Promise<Account> {
  const setting = await createEmptySetting(options);
  const account = createAccount(setting);
  await mkdir(account.policies);
  await account.writePolicies({ edge: EDGE, shop: SHOP });
  return account;
}

function createAccount(setting: Setting): Account {
  const policies = join(setting.directory, 'policies');
  const run: Account['run'] = (command, args, endpoint) =>
    runInProcess(endpoint === undefined ? setting : through(setting, endpoint), command, { args });
  return {
    setting,
    policies,
    run,
    bootstrap: (...args) => run(bootstrap, [...args, '--policies', policies]),
    readPolicy: () => readFile(join(policies, 'shop.yaml'), 'utf8'),
    async writePolicies({ edge, shop }) {
      if (edge !== undefined) await writeFile(join(policies, 'edge.yaml'), edge);
      if (shop !== undefined) await writeFile(join(policies, 'shop.yaml'), shop);
    },
    async fork(options) {
      const forked = createAccount(await setting.fork(options));
      await cp(policies, forked.policies, { recursive: true });
      return forked;
    },
  };
}

/** The same cloud by way of a proxy. */
function through(setting: Setting, endpoint: string): Setting {
  const { cloud } = setting;
  const environment = { ...cloud.environment, AWS_ENDPOINT_URL: endpoint };
  return { ...setting, cloud: { ...cloud, environment } };
}
