/** `npm run smoke:aws`: the demo's story in an account of your own, or at any endpoint that is like AWS. README.md beside it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { priceBill } from '../../../controller/core/costs/prices.ts';
import { readSettings } from '../../../controller/local/demo/clients.ts';
import { copyPolicies } from '../../../controller/local/demo/policy-copy.ts';
import type { SceneOptions } from '../../../controller/local/demo/scene.ts';
import { findRepository } from '../../../controller/local/demo/storefront.ts';
import { playStory } from '../../../controller/local/demo/story.ts';
import { chooseAccount, type Go } from './account.ts';
import { cleanUp } from './clean-up.ts';
import { NAME, renamePolicies } from './names.ts';

const CLI = join(findRepository(), 'dist/cli.js');
/** CloudFront may take a quarter of an hour for a distribution. */
const REAL_PACE = { seconds: 1800, pauseMilliseconds: 10_000 };
const LOCAL_PACE = { seconds: 120, pauseMilliseconds: 100 };
/** What the story makes and asks for, rounded up. */
const BILL = {
  request: 20_000,
  functionRun: 40_000,
  storeRead: 20_000,
  storeCall: 500,
  put: 500,
  get: 2000,
  alarm: 1,
  alarmCall: 500,
} as const;

const say = (line: string) => console.log(line);

async function main(args: readonly string[]): Promise<number> {
  const choice = chooseAccount(process.env);
  if (choice.kind === 'refused') {
    console.error(`${choice.why}\n${choice.next}`);
    return 2;
  }
  const sts = new STSClient(readSettings(choice.environment));
  const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
  if (account !== choice.account) {
    console.error(`These credentials are of account ${account}, not of ${choice.account}.`);
    return 2;
  }
  const [flag, wanted] = args;
  const isOnlyCleanUp = flag === '--clean-up';
  const name = isOnlyCleanUp ? String(wanted) : `smoke-${randomBytes(4).toString('hex')}`;
  if (!NAME.test(name) || (flag !== undefined && !isOnlyCleanUp)) {
    console.error('The only option is --clean-up <name>, with the name that a run has said.');
    return 2;
  }
  return run(choice, name, isOnlyCleanUp);
}

async function run(go: Go, name: string, isOnlyCleanUp: boolean): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-smoke-'));
  try {
    const renamed = await renamePolicies(directory, { name, account: go.account });
    const isTold = isOnlyCleanUp || (await play({ go, name, directory, renamed }));
    say('\nCleaning up:');
    const policies = join(directory, 'of-clean-up');
    await copyPolicies(renamed, policies, { speed: go.speed, isAbroad: true });
    const pace = go.isReal ? REAL_PACE : LOCAL_PACE;
    const { account, environment } = go;
    const isGone = await cleanUp({ name, account, policies, environment, cli: [CLI], pace, say });
    say(isGone ? 'Nothing of this run is left.' : 'The stack is still there; try once more with');
    if (!isGone) say(`npm run smoke:aws -- --clean-up ${name}`);
    return isTold && isGone ? 0 : 1;
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function play(order: {
  readonly go: Go;
  readonly name: string;
  readonly directory: string;
  readonly renamed: string;
}): Promise<boolean> {
  const { go, name, directory, renamed } = order;
  const { environment, edgeEndpoint, speed, isReal } = go;
  say(`Account ${go.account}. Everything is called ${name}, and goes at the end, also on Ctrl-C.`);
  say(
    `It costs about $${priceBill(BILL).toFixed(2)} by list prices (policies/costs.md), and takes`,
  );
  say('an hour at most, nearly all of it waiting for CloudFront. If this process is killed:');
  say(`npm run smoke:aws -- --clean-up ${name}`);
  const stop = new AbortController();
  const options: SceneOptions = {
    cloud: { environment, edgeUrl: '' },
    abroad: {
      policies: renamed,
      pace: isReal ? REAL_PACE : LOCAL_PACE,
      edgeUrl: (domain) => edgeEndpoint ?? `https://${domain}`,
    },
    cli: [CLI],
    speed,
    directory,
    builds: undefined,
    signal: stop.signal,
  };
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // Stays, so that a second one doesn't end the clean-up.
      process.on(signal, () => {
        stop.abort();
        resolve('interrupted');
      });
    }
  });
  const told = playStory(say, options).catch((error: unknown) => {
    if (!stop.signal.aborted) say(String(error));
    return undefined;
  });
  const end = await Promise.race([told, interrupted]);
  return end !== 'interrupted' && end !== undefined;
}

process.exitCode = await main(process.argv.slice(2));
