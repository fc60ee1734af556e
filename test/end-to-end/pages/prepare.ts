import {
  DescribeKeyValueStoreCommand,
  ListKeysCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keys } from '../../../controller/core/state/keys.ts';
import { readSettings } from '../../../controller/local/demo/clients.ts';
import { findStore } from '../live.ts';
import { BUCKET } from '../policy.ts';
import type { Setting } from '../setting.ts';
import type { Prepare } from './play-page.ts';

/** What happens to the reader of a page before a command of it. */
export const PREPARE: Prepare = {
  'build 1': (setting) => layOut(setting, '1'),
  'build 2': async (setting) => {
    await stopSchedule(setting);
    await publish(setting, '2');
  },
  'other edge code went out, and what was before it is pinned': pinEarlierCode,
  'build 3 goes out': async (setting) => {
    await publish(setting, '3');
    const file = join(setting.directory, 'policies/shop.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('build: "2"', 'build: "3"'));
    await setting.run(['reconcile']);
  },
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
  const { code, stderr } = await setting.run(['publish', 'dist', ...place]);
  if (code !== 0) throw new Error(stderr);
}

async function emptyStore(setting: Setting): Promise<void> {
  const { keyValueStore } = setting.clients;
  const KvsARN = await findStore(setting);
  const { Items = [] } = await keyValueStore.send(new ListKeysCommand({ KvsARN }));
  const { ETag } = await keyValueStore.send(new DescribeKeyValueStoreCommand({ KvsARN }));
  const Deletes = Items.map(({ Key }) => ({ Key }));
  await keyValueStore.send(new UpdateKeysCommand({ KvsARN, IfMatch: ETag, Deletes }));
}

/** The fast lane would repair all by itself, at this speed twice a second, before the page's command does. */
async function stopSchedule({ cloud }: Setting): Promise<void> {
  const events = new EventBridgeClient(readSettings(cloud.environment));
  await events.send(new DisableRuleCommand({ Name: `headgate-schedule-${BUCKET}` }));
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
