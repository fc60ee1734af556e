import {
  DescribeKeyValueStoreCommand,
  ListKeysCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish as publishCommand } from '../../../controller/commands/publish.ts';
import { reconcile } from '../../../controller/commands/reconcile.ts';
import { keys } from '../../../controller/core/state/keys.ts';
import { readSettings } from '../../../controller/local/demo/clients.ts';
import { findStore } from '../live.ts';
import { BUCKET } from '../policy.ts';
import { runInProcess } from '../run-in-process.ts';
import type { Setting } from '../setting.ts';
import type { Prepare } from './play-page.ts';

/** What happens to the reader of a page before a command of it. */
export const PREPARE: Prepare = {
  'build 1': async (setting) => {
    await switchSchedule(setting, DisableRuleCommand);
    await layOut(setting, '1');
  },
  'the schedule runs': (setting) => switchSchedule(setting, EnableRuleCommand),
  'build 2': async (setting) => {
    await switchSchedule(setting, DisableRuleCommand);
    await publish(setting, '2');
  },
  'other edge code went out, and what was before it is pinned': pinEarlierCode,
  'build 3 goes out': (setting) => startRollout(setting, '3'),
  'build 4 goes out': (setting) => startRollout(setting, '4'),
  'build 5 goes out': (setting) => startRollout(setting, '5'),
  'the store is emptied': emptyStore,
  'the record is deleted': async ({ clients }) => {
    const record = { Bucket: BUCKET, Key: keys.record('shop', 'prod') };
    await clients.s3.send(new DeleteObjectCommand(record));
  },
};

/** The built app, in the directory that the page publishes. */
async function layOut({ directory }: Setting, build: string): Promise<void> {
  await mkdir(join(directory, 'dist/assets'), { recursive: true });
  const page = `<!doctype html><title>Shop</title><h1>Build ${build}</h1>`;
  await writeFile(join(directory, 'dist/index.html'), page);
}

async function publish(setting: Setting, build: string): Promise<void> {
  await layOut(setting, build);
  const place = ['--bucket', BUCKET, '--app', 'shop', '--build', build];
  const args = [join(setting.directory, 'dist'), ...place];
  const { code, stderr } = await runInProcess(setting, publishCommand, { args });
  if (code !== 0) throw new Error(stderr);
}

async function startRollout(setting: Setting, build: string): Promise<void> {
  await publish(setting, build);
  const file = join(setting.directory, 'policies/shop.yaml');
  const policy = await readFile(file, 'utf8');
  await writeFile(file, policy.replace(/build: "\d+"/, `build: "${build}"`));
  const args = ['--policies', join(setting.directory, 'policies')];
  const { code, stdout, stderr } = await runInProcess(setting, reconcile, { args });
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
}

async function emptyStore(setting: Setting): Promise<void> {
  const { keyValueStore } = setting.clients;
  const KvsARN = await findStore(setting);
  const { Items = [] } = await keyValueStore.send(new ListKeysCommand({ KvsARN }));
  const { ETag } = await keyValueStore.send(new DescribeKeyValueStoreCommand({ KvsARN }));
  const Deletes = Items.map(({ Key }) => ({ Key }));
  await keyValueStore.send(new UpdateKeysCommand({ KvsARN, IfMatch: ETag, Deletes }));
}

/** At this speed the fast lane runs twice a second: it would repair before the page's command, or amid it. */
async function switchSchedule(
  { cloud }: Setting,
  Switch: typeof DisableRuleCommand | typeof EnableRuleCommand,
): Promise<void> {
  const events = new EventBridgeClient(readSettings(cloud.environment));
  await events.send(new Switch({ Name: `headgate-schedule-${BUCKET}` }));
  events.destroy();
}

/** A team's own viewer code goes out; the code of before is what a plan names when it is asked for another. */
async function pinEarlierCode(setting: Setting): Promise<void> {
  const policies = join(setting.directory, 'policies');
  const edge = await readFile(join(policies, 'edge.yaml'), 'utf8');
  const write = (line: string) =>
    writeFile(join(policies, 'edge.yaml'), edge.replace(/( +)keyValueStore:/, `$1${line}\n$&`));
  await write('code: "0000000000000000"');
  const { stdout } = await setting.run(['plan']);
  const earlier = /archived: ([0-9a-f]{16}) /.exec(stdout)?.[1];
  await writeFile(
    join(policies, 'viewer.js'),
    'function before(event) {\n  return event.request;\n}\n',
  );
  await write('before: ./viewer.js');
  const { code, stderr } = await setting.run(['reconcile']);
  if (code !== 0) throw new Error(stderr);
  await write(`before: ./viewer.js\n    code: "${earlier}"`);
}
