import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const BUCKET = 'bench';
export const APP = 'shop';

export interface Job {
  readonly directory: string;
  readonly build: string;
  readonly endpoint: string;
}

export interface Client {
  readonly name: string;
  /** `engine`: ours with the other engine; `tuned`: a peer told to have 64 requests in flight. */
  readonly kind: 'ours' | 'engine' | 'tuned' | 'default';
  readonly version: string;
  readonly command: (job: Job) => readonly string[];
  readonly environment: (job: Job) => Readonly<Record<string, string>>;
}

const CLI = join(import.meta.dirname, '../../../dist/cli.js');

const ACCOUNT = {
  // Well-known examples: nobody checks them here.
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** Those that are installed here, ours first; what is missing is told by `tell`. */
export async function findClients(
  directory: string,
  { cli = CLI, tell }: { cli?: string | undefined; tell: (text: string) => void },
): Promise<readonly Client[]> {
  const found = await Promise.all([
    findOurs(cli),
    findAws(directory),
    findRclone(directory),
    findSyncClient(directory),
  ]);
  const names = ['headgate', 'aws', 'rclone', 's3-sync-client'];
  for (const [index, clients] of found.entries())
    if (clients.length === 0) tell(`${names[index]} is not installed: not measured`);
  return found.flat();
}

async function findOurs(cli: string): Promise<readonly Client[]> {
  if (!existsSync(cli)) throw new Error(`There is no ${cli}: npm run build`);
  const { stdout: help } = await run(process.execPath, [cli, 'publish', '--help']);
  const { stdout: version } = await run('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: import.meta.dirname,
  });
  const create = (name: string, kind: Client['kind'], more: readonly string[]): Client => ({
    name,
    kind,
    version: version.trim(),
    command: ({ directory, build }) => [
      process.execPath,
      cli,
      'publish',
      directory,
      '--bucket',
      BUCKET,
      '--app',
      APP,
      '--build',
      build,
      '--region',
      'us-east-1',
      ...more,
    ],
    environment: ({ endpoint }) => ({ ...ACCOUNT, AWS_ENDPOINT_URL: endpoint }),
  });
  const sdk = create('headgate --engine sdk', 'engine', ['--engine', 'sdk']);
  return [create('headgate', 'ours', []), ...(help.includes('--engine') ? [sdk] : [])];
}

/** Where peers put a build: a new prefix, as they have no pool. */
function prefixOf({ build }: Job): string {
  return `${BUCKET}/${APP}/builds/${build}/`;
}

async function findAws(directory: string): Promise<readonly Client[]> {
  // Named in full first: another program called `aws` may come before it on the PATH.
  const command = existsSync('/usr/bin/aws') ? '/usr/bin/aws' : 'aws';
  const version = await versionOf(command, '--version');
  if (version === undefined) return [];
  const configs = { default: '', '64': 's3 =\n  max_concurrent_requests = 64\n' };
  const clients = Object.entries(configs).map(async ([name, text]): Promise<Client> => {
    const config = join(directory, `aws-${name}`);
    await writeFile(config, `[default]\nregion = us-east-1\n${text}`);
    return {
      name: name === 'default' ? 'aws s3 sync' : 'aws s3 sync, 64',
      kind: name === 'default' ? 'default' : 'tuned',
      version: version.split(' ')[0] ?? version,
      command: (job) => [
        command,
        's3',
        'sync',
        job.directory,
        `s3://${prefixOf(job)}`,
        '--endpoint-url',
        job.endpoint,
        '--only-show-errors',
      ],
      environment: () => ({ ...ACCOUNT, AWS_CONFIG_FILE: config }),
    };
  });
  return Promise.all(clients);
}

async function findRclone(directory: string): Promise<readonly Client[]> {
  const version = await versionOf('rclone', 'version');
  if (version === undefined) return [];
  const config = join(directory, 'rclone.conf');
  // As provider AWS it insists on buckets as hosts.
  await writeFile(
    config,
    '[s3]\ntype = s3\nprovider = Minio\nenv_auth = true\nregion = us-east-1\n',
  );
  const create = (name: string, kind: Client['kind'], more: readonly string[]): Client => ({
    name,
    kind,
    version: version.replace('rclone ', ''),
    command: (job) => [
      'rclone',
      'copy',
      job.directory,
      `s3:${prefixOf(job)}`,
      ...more,
      '--config',
      config,
      '--s3-endpoint',
      job.endpoint,
    ],
    environment: () => ACCOUNT,
  });
  return [
    create('rclone', 'default', []),
    create('rclone, 64, no head', 'tuned', ['--transfers', '64', '--s3-no-head']),
  ];
}

const SYNC_CLIENT = 's3-sync-client@4.3.1';
const SYNC_SDK = '@aws-sdk/client-s3@3.1169.0';
/** Its library, in as few lines as its page shows. */
const SYNC_SCRIPT = `import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Agent } from 'node:http';
import { S3SyncClient } from 's3-sync-client';
const [, , directory, target, endpoint, transfers] = process.argv;
const maxSockets = Number(transfers ?? 50);
const requestHandler = new NodeHttpHandler({ httpAgent: new Agent({ keepAlive: true, maxSockets }) });
const client = new S3Client({ endpoint, forcePathStyle: true, requestHandler });
const options = transfers ? { maxConcurrentTransfers: Number(transfers) } : {};
await new S3SyncClient({ client }).sync(directory, 's3://' + target, options);
`;

/** With an SDK of its own: it asks for parts of it that we don't have. */
async function findSyncClient(directory: string): Promise<readonly Client[]> {
  const script = join(directory, 'sync.mjs');
  try {
    await writeFile(join(directory, 'package.json'), '{"private":true}');
    const install = ['install', '--silent', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', [...install, SYNC_CLIENT, SYNC_SDK], { cwd: directory });
    await writeFile(script, SYNC_SCRIPT);
  } catch {
    // No registry, no peer: the caller tells.
    return [];
  }
  const create = (name: string, transfers: readonly string[]): Client => ({
    name,
    kind: transfers.length > 0 ? 'tuned' : 'default',
    version: SYNC_CLIENT.split('@')[1] ?? '',
    command: (job) => [
      process.execPath,
      script,
      job.directory,
      prefixOf(job),
      job.endpoint,
      ...transfers,
    ],
    environment: () => ACCOUNT,
  });
  return [create('s3-sync-client', []), create('s3-sync-client, 64', ['64'])];
}

async function versionOf(command: string, flag: string): Promise<string | undefined> {
  try {
    return (await run(command, [flag])).stdout.split('\n')[0];
  } catch {
    return undefined;
  }
}
