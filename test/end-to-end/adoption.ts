import {
  CreateKeyValueStoreCommand,
  DescribeKeyValueStoreCommand,
} from '@aws-sdk/client-cloudfront';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Command } from '../../controller/commands/command.ts';
import { publish } from '../../controller/commands/publish.ts';
import { openBrowser } from '../../controller/local/demo/browser.ts';
import { waitFor } from '../../controller/local/demo/mismatch.ts';
import type { Session } from './open-session.ts';
import { BUCKET, HOSTS, REGION } from './policy.ts';
import { runInProcess } from './run-in-process.ts';
import { ACTIVE, filesOf, OLD_FUNCTIONS } from './seed.ts';
import { createEmptySetting, type Setting } from './setting.ts';

export const PLACE = ['--bucket', BUCKET, '--app', 'shop', '--region', REGION];
/** Writes of the KeyValueStore reach the edge after a quarter of a second, distributions after 0.15 s. */
const SLOW = { speed: 20, propagationSeconds: 5 };

/** What a team that has `createSeed` answers. */
export const TOLD = [
  '--replaces',
  OLD_FUNCTIONS.join(),
  '--active-build-parameter',
  ACTIVE,
  '--spa',
  'yes',
];

/** A live site, somebody who is there all the time, and the commands of policies/moving.md. */
export interface Scene {
  readonly setting: Setting;
  readonly distribution: string;
  readonly session: Session;
  /** Where policies are written. */
  readonly policies: string;
  run(command: Command, ...args: readonly string[]): Promise<{ code: number; said: string }>;
  /** Publishes the build and names it in the policy. */
  release(number: string, bake: string): Promise<void>;
  close(): Promise<void>;
}

export async function openScene(
  create: (setting: Setting) => Promise<string>,
  visit: (at: { readonly edgeUrl: string; readonly host: string }) => Session | Promise<Session>,
): Promise<Scene> {
  const setting = await createEmptySetting(SLOW);
  const distribution = await create(setting);
  const { edgeUrl } = setting.cloud;
  vi.stubEnv('HEADGATE_EDGE_ENDPOINT', edgeUrl);
  const policies = join(setting.directory, 'policies');
  await mkdir(policies);
  const store = { Name: 'headgate-prod' };
  const { cloudFront } = setting.clients;
  await cloudFront.send(new CreateKeyValueStoreCommand(store));
  await waitFor({
    what: 'The KeyValueStore',
    expected: 'READY',
    seconds: 60,
    ask: async () =>
      (await cloudFront.send(new DescribeKeyValueStoreCommand(store))).KeyValueStore?.Status,
    reached: (status) => status === 'READY',
  });
  const at = { edgeUrl, host: HOSTS.prod };
  await waitFor({
    what: 'The site',
    expected: 'a page',
    seconds: 60,
    ask: async () => (await openBrowser(edgeUrl, HOSTS.prod).navigate('/')).status,
    reached: (status) => status === 200,
  });
  const session = await visit(at);
  const run: Scene['run'] = async (command, ...args) => {
    // Those that go by them; for `build list` they are one more thing to ask.
    const isGoing = command.options['policies']?.default !== undefined;
    const takes = isGoing ? ['--policies', policies] : [];
    const { code, stdout, stderr } = await runInProcess(setting, command, {
      args: [...args, ...takes],
      speed: SLOW.speed,
    });
    return { code, said: `${stdout}\n${stderr}` };
  };
  return {
    setting,
    distribution,
    session,
    policies,
    run,
    async release(number, bake) {
      await publishFiles({ setting, run }, { number, files: filesOf(number) });
      const file = join(policies, 'shop.yaml');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/build: "\w+"/, `build: "${number}", bake: ${bake}`));
    },
    async close() {
      await session.close();
      await setting.close();
      vi.unstubAllEnvs();
    },
  };
}

/** Publishes these files under that number. */
export async function publishFiles(
  { setting, run }: Pick<Scene, 'setting' | 'run'>,
  { number, files }: { number: string; files: Readonly<Record<string, string>> },
): Promise<void> {
  const directory = join(setting.directory, `dist-${number}`);
  await mkdir(directory);
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
  const { code, said } = await run(publish, directory, '--build', number, ...PLACE);
  expect(code, said).toBe(0);
}
