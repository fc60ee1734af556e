import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Command } from '../../../controller/commands/command.ts';
import { doctor } from '../../../controller/commands/doctor.ts';
import { publish } from '../../../controller/commands/publish.ts';
import { reconcile } from '../../../controller/commands/reconcile.ts';
import type { Clock } from '../../../controller/ports/surroundings.ts';
import type { Finding } from '../../../controller/core/doctor/finding.ts';
import { openAccount, type Account } from '../../controller/commands/bootstrap/set-up.ts';
import type { Clients } from '../../../controller/local/demo/clients.ts';
import { runInProcess } from '../run-in-process.ts';

export const BUCKET = 'acme-web-builds';
/** Of the buckets and parameters. */
const REGION = 'eu-west-1';
const CERTIFICATE =
  'arn:aws:acm:us-east-1:111122223333:certificate/11112222-3333-4444-5555-666677778888';

const EDGE = `apiVersion: headgate/v1
setup:
  github: { releases: acme/releases, apps: { shop: acme/shop } }
  certificates: { '*': '${CERTIFICATE}' }
  fastLane: { schedule: rate(59 minutes) }
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: ${BUCKET}, region: ${REGION} }
`;

const SHOP = `apiVersion: headgate/v1
app: shop
bucket: ${BUCKET}
region: ${REGION}
environments:
  prod:
    hosts: [shop.localhost]
    edge: { group: prod }
    release: { build: "1041", bake: 0s }
    guard: { alarms: [{ name: shop-prod-errors, region: us-east-1 }], noData: pass }
`;

export interface Texts {
  readonly edge: string;
  readonly shop: string;
}

export interface Asked {
  readonly args?: readonly string[];
  readonly edit?: (texts: Texts) => Texts;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds that this machine's clock is ahead. */
  readonly aheadSeconds?: number;
  /** It waits for what doesn't come, so time goes by while nobody sleeps. */
  readonly isInVain?: true;
}

export interface Examined {
  readonly code: number;
  readonly findings: readonly Finding[];
  /** What it says beside its list. */
  readonly notes: string;
}

/** An account as bootstrap makes it, with a second release, in which nothing is wrong. */
export interface Patient {
  readonly account: Account;
  /** Of its one distribution. */
  readonly distribution: string;
  readonly clients: Clients & {
    readonly iam: IAMClient;
    readonly lambda: LambdaClient;
    readonly events: EventBridgeClient;
    readonly logs: CloudWatchLogsClient;
    /** In the region of the buckets. */
    readonly builds: S3Client;
    readonly parameters: SSMClient;
  };
  /** What the doctor finds; throws what the command says where it gives no list. */
  examine(asked?: Asked): Promise<Examined>;
  run: Account['run'];
  /** Changes the distribution; returns how to undo that. */
  change(edit: (config: DistributionConfig) => DistributionConfig): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export async function openPatient(): Promise<Patient> {
  const account = await open({ edge: EDGE, shop: SHOP });
  for (const build of ['1041', '1042']) await release(account, build);
  const [, distribution = ''] = /distribution: (\w+)/.exec(await account.readPolicy()) ?? [];
  const { clients } = account.setting;
  const more = createMore(account.setting.cloud.environment);
  const patient: Omit<Patient, 'change'> = {
    account,
    distribution,
    clients: { ...clients, ...more },
    run: account.run,
    examine: (asked = {}) => examine(account, asked),
    async close() {
      for (const client of Object.values(more)) client.destroy();
      await account.setting.close();
    },
  };
  return { ...patient, change: (edit) => change(patient, edit) };
}

/** An account as bootstrap makes it of these policies; what the doctor finds in it. */
export async function examineNew(texts: Texts): Promise<readonly Finding[]> {
  const account = await open(texts);
  try {
    return (await examine(account, { args: ['--test-event'] })).findings;
  } finally {
    await account.setting.close();
  }
}

async function open(texts: Texts): Promise<Account> {
  const account = await openAccount();
  await account.writePolicies(texts);
  await done(account.bootstrap('--deploy'));
  return account;
}

async function done(run: ReturnType<Account['run']>): Promise<void> {
  const { code, stdout, stderr } = await run;
  if (code !== 0) throw new Error(`it ended with ${code}: ${stdout}${stderr}`);
}

async function release(account: Account, build: string): Promise<void> {
  const directory = join(account.setting.directory, `build-${build}`);
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(join(directory, 'index.html'), `<script src="/assets/${build}.js"></script>`);
  await writeFile(join(directory, 'assets', `${build}.js`), build);
  const place = ['--bucket', BUCKET, '--region', REGION, '--app', 'shop', '--build', build];
  await done(account.run(publish, [directory, ...place]));
  const shop = (await account.readPolicy()).replace(/build: "\d+"/, `build: "${build}"`);
  await account.writePolicies({ shop });
  // The second run ends the bake, which takes no time here.
  for (const _ of [1, 2]) await done(account.run(reconcile, ['--policies', account.policies]));
}

function createMore(environment: Readonly<Record<string, string>>) {
  const settings = {
    endpoint: String(environment['AWS_ENDPOINT_URL']),
    region: 'us-east-1',
    credentials: {
      accessKeyId: String(environment['AWS_ACCESS_KEY_ID']),
      secretAccessKey: String(environment['AWS_SECRET_ACCESS_KEY']),
    },
  };
  return {
    iam: new IAMClient(settings),
    lambda: new LambdaClient(settings),
    events: new EventBridgeClient(settings),
    logs: new CloudWatchLogsClient(settings),
    builds: new S3Client({ ...settings, region: REGION, forcePathStyle: true }),
    parameters: new SSMClient({ ...settings, region: REGION }),
  };
}

/** What comes may take its time, and is looked for often. */
function openClock(real: Clock, { aheadSeconds = 0, isInVain }: Asked) {
  let slept = 0;
  return {
    now: () => new Date(Date.now() + aheadSeconds * 1000 + slept),
    async sleep(milliseconds: number) {
      if (isInVain) slept += milliseconds;
      await real.sleep(milliseconds / 40);
    },
  };
}

async function examine(account: Account, asked: Asked) {
  const { setting } = account;
  const { args = [], edit, env } = asked;
  const policies = edit === undefined ? account.policies : await copyEdited(account, edit);
  const cloud = { ...setting.cloud, environment: { ...setting.cloud.environment, ...env } };
  const command: Command = {
    ...doctor,
    run: (given, context) => {
      const lists = Object.fromEntries(
        Object.entries(given.values).filter(([, value]) => Array.isArray(value)),
      ) as unknown as Readonly<Record<string, readonly string[]>>;
      const clock = openClock(context.clock, asked);
      return doctor.run({ ...given, lists }, { ...context, clock });
    },
  };
  const { code, stdout, stderr } = await runInProcess({ ...setting, cloud }, command, {
    args: [...args, '--json', '--policies', policies],
  });
  if (!stdout.startsWith('{')) throw new Error(`doctor ended with ${code}: ${stdout}${stderr}`);
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  return { code, findings, notes: stderr };
}

async function copyEdited(account: Account, edit: (texts: Texts) => Texts): Promise<string> {
  const directory = await mkdtemp(join(account.setting.directory, 'edited-'));
  await cp(account.policies, directory, { recursive: true });
  const read = (name: string) => readFile(join(account.policies, name), 'utf8');
  const { edge, shop } = edit({ edge: await read('edge.yaml'), shop: await read('shop.yaml') });
  await writeFile(join(directory, 'edge.yaml'), edge);
  await writeFile(join(directory, 'shop.yaml'), shop);
  return directory;
}

async function change(
  { clients: { cloudFront }, distribution }: Pick<Patient, 'clients' | 'distribution'>,
  edit: (config: DistributionConfig) => DistributionConfig,
): Promise<() => Promise<void>> {
  const put = async (make: (config: DistributionConfig) => DistributionConfig) => {
    const live = await cloudFront.send(new GetDistributionConfigCommand({ Id: distribution }));
    const before = live.DistributionConfig!;
    const DistributionConfig = make(structuredClone(before));
    await cloudFront.send(
      new UpdateDistributionCommand({
        Id: distribution,
        IfMatch: live.ETag,
        DistributionConfig,
      }),
    );
    return before;
  };
  const before = await put(edit);
  return async () => void (await put(() => before));
}
