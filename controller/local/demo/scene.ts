import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GetDistributionCommand, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import type { Cloud } from '../cloud.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type BuiltApp, readBuiltApps } from './built-app.ts';
import { type Clients, createClients } from './clients.ts';
import { type Crowd, createCrowd } from './crowd.ts';
import { createHeadgate, type Headgate } from './headgate.ts';
import { type Live, watchLive } from './live.ts';
import { type Pace, verify } from './mismatch.ts';
import { copyPolicies, type PolicyCopy } from './policy-copy.ts';
import { buildStorefront, findRepository } from './storefront.ts';

/** Everything the story's steps play with. */
export interface Scene {
  readonly headgate: Headgate;
  readonly live: Live;
  readonly policies: PolicyCopy;
  /** What `headgate bootstrap --deploy` said. */
  readonly deployed: string;
  readonly a: BuiltApp;
  readonly b: BuiltApp;
  readonly c: BuiltApp;
  readonly crowd: Crowd;
  readonly openBrowser: () => Browser;
  /** Of everything that it waits for. */
  readonly pace: Pace;
  /** Where visitors keep the scripts they run; undefined for apps whose checkout we don't know. */
  readonly scratch: string | undefined;
}

export interface SceneOptions {
  readonly cloud: Pick<Cloud, 'environment' | 'edgeUrl'>;
  /** The account isn't this machine's: smoke:aws. */
  readonly abroad?: Abroad;
  /** What Node runs for each command: `['dist/cli.js']`. */
  readonly cli: readonly string[];
  readonly speed: number;
  /** An empty directory of the story's own. */
  readonly directory: string;
  /** Three built apps to play with; undefined: the storefront. */
  readonly builds: readonly string[] | undefined;
  /** `tree`: each build complete below its own prefix, and no pool. */
  readonly layout?: 'tree' | undefined;
  /** Aborted: the command that runs is ended, and no other is started. */
  readonly signal: AbortSignal;
}

/** An account among whose resources are others', where everything takes its time. */
export interface Abroad {
  /** The directory of policies whose names nobody else has. */
  readonly policies: string;
  readonly pace: Pace;
  /** Where visitors of a distribution's own domain are sent. */
  readonly edgeUrl: (domain: string) => string;
}

/** In the order of A, B, C; a real pipeline's would come from its runs. */
const BUILD_NUMBERS = ['1041', '1042', '1043'];

/** Builds the apps and lets `headgate bootstrap` set the account up, without any release. */
export async function setScene(options: SceneOptions): Promise<Scene> {
  const { cloud, speed, layout, directory, abroad } = options;
  const from = abroad?.policies ?? join(findRepository(), 'policies');
  const apps = await prepareApps(options);
  const copy = { speed, layout, isAbroad: abroad !== undefined };
  const policies = await copyPolicies(from, join(directory, 'policies'), copy);
  const [a, b, c] = apps;
  if (!a || !b || !c) throw new RangeError(`The story needs three builds, got ${apps.length}`);
  const headgate = createHeadgate(options.cli, cloud.environment, options.signal);
  const { app, bucket, environment, store, alarm } = policies;
  const clients = await createClients(cloud.environment);
  const deployed = await headgate(['bootstrap', '--deploy', '--policies', policies.directory]);
  if (abroad === undefined) await verifyDistributions(clients, policies);
  const distribution = await policies.readDistribution();
  const host = abroad ? await readDomain(clients, distribution) : policies.host;
  const edgeUrl = abroad?.edgeUrl(host) ?? cloud.edgeUrl;
  const scratch = join(directory, 'visitors');
  await mkdir(scratch);
  return {
    headgate,
    live: await watchLive(clients, { app, environment, bucket, distribution, host, store, alarm }),
    policies,
    deployed,
    a,
    b,
    c,
    crowd: createCrowd(edgeUrl, host, apps),
    pace: { ...(abroad?.pace ?? { seconds: 60 }), signal: options.signal },
    openBrowser: () => openBrowser(edgeUrl, host),
    scratch: options.builds === undefined ? scratch : undefined,
  };
}

async function verifyDistributions(
  { cloudFront }: Clients,
  { environments }: PolicyCopy,
): Promise<void> {
  const made = await cloudFront.send(new ListDistributionsCommand({}));
  const { Items = [] } = made.DistributionList ?? {};
  verify('Distributions in the account', Items.length, environments);
}

async function readDomain({ cloudFront }: Clients, id: string): Promise<string> {
  const { Distribution } = await cloudFront.send(new GetDistributionCommand({ Id: id }));
  return String(Distribution?.DomainName);
}

async function prepareApps({ directory, builds }: SceneOptions): Promise<readonly BuiltApp[]> {
  if (builds !== undefined) return readBuiltApps(builds, BUILD_NUMBERS);
  const { a, b, c } = await buildStorefront(join(directory, 'storefront'));
  return readBuiltApps([a, b, c], BUILD_NUMBERS);
}
