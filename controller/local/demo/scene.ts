import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '../../core/errors.ts';
import type { Cloud } from '../cloud.ts';
import { createAccount } from './account.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type BuiltApp, readBuiltApps } from './built-app.ts';
import { createClients } from './clients.ts';
import { type Crowd, createCrowd } from './crowd.ts';
import { createHeadgate, type Headgate } from './headgate.ts';
import { type Live, watchLive } from './live.ts';
import { runOnPolicies } from './moves.ts';
import { copyPolicies, type PolicyCopy } from './policy-copy.ts';
import { buildStorefront, findRepository } from './storefront.ts';

/** Everything the story's steps play with. */
export interface Scene {
  readonly headgate: Headgate;
  readonly live: Live;
  readonly policies: PolicyCopy;
  readonly a: BuiltApp;
  readonly b: BuiltApp;
  readonly c: BuiltApp;
  readonly crowd: Crowd;
  readonly openBrowser: () => Browser;
  /** Where visitors keep the scripts they run; undefined for apps whose checkout we don't know. */
  readonly scratch: string | undefined;
}

export interface SceneOptions {
  readonly cloud: Cloud;
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

/** In the order of A, B, C; a real pipeline's would come from its runs. */
const BUILD_NUMBERS = ['1041', '1042', '1043'];

/** Builds the apps and sets the account up, without any release. */
export async function setScene(options: SceneOptions): Promise<Scene> {
  const { cloud, speed, layout, directory } = options;
  const from = join(findRepository(), 'policies');
  const apps = await prepareApps(options);
  const policies = await copyPolicies(from, join(directory, 'policies'), { speed, layout });
  const [a, b, c] = apps;
  if (!a || !b || !c) throw new RangeError(`The story needs three builds, got ${apps.length}`);
  const { account, environment, host, store, alarm } = policies;
  const clients = await createClients(cloud.environment);
  const distributions = await createAccount(clients, account);
  await policies.nameDistributions(distributions);
  const { app, bucket } = account;
  const distribution = String(distributions.at(-1));
  const scratch = join(directory, 'visitors');
  await mkdir(scratch);
  const scene: Scene = {
    headgate: createHeadgate(options.cli, cloud.environment, options.signal),
    live: await watchLive(clients, { app, environment, bucket, distribution, host, store, alarm }),
    policies,
    a,
    b,
    c,
    crowd: createCrowd(cloud.edgeUrl, host, apps),
    openBrowser: () => openBrowser(cloud.edgeUrl, host),
    scratch: options.builds === undefined ? scratch : undefined,
  };
  // Settings come before the first build that goes by them; the build that the policy names isn't there yet.
  if (policies.isTree) await runOnPolicies(scene, 'reconcile', EXIT.usage);
  return scene;
}

async function prepareApps({ directory, builds }: SceneOptions): Promise<readonly BuiltApp[]> {
  if (builds !== undefined) return readBuiltApps(builds, BUILD_NUMBERS);
  const { a, b, c } = await buildStorefront(join(directory, 'storefront'));
  return readBuiltApps([a, b, c], BUILD_NUMBERS);
}
