import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../../../controller/local/cloud.ts';
import { createHeadgate } from '../../../../controller/local/demo/headgate.ts';
import { Mismatch, waitFor } from '../../../../controller/local/demo/mismatch.ts';
import { playStory } from '../../../../controller/local/demo/story.ts';

let directory: string;
let cloud: Cloud;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-story-'));
  cloud = await startCloud({ directory: join(directory, 'cloud'), speed: 200 });
});
afterAll(async () => {
  await cloud.close();
  await rm(directory, { recursive: true });
});

it('stops at the first step that is not true, and says what was expected', async () => {
  // A command line that claims success and does nothing.
  const idle = join(directory, 'idle.mjs');
  await writeFile(idle, '');
  const printed: string[] = [];
  const { signal } = new AbortController();
  const options = { cloud, cli: [idle], speed: 200, directory, builds: undefined, signal };
  const scene = await playStory((line) => void printed.push(line), options);
  expect(scene).toBeUndefined();
  expect(printed.at(-1)).toBe(
    '\nThe story is wrong here: Distributions in the account\n   expected: 2\n   actual:   0',
  );
});

it("gives commands the cloud's account, and none of the user's own", async () => {
  const show = join(directory, 'show.mjs');
  await writeFile(show, 'console.log(JSON.stringify(process.env))');
  process.env['AWS_PROFILE'] = 'of-the-user';
  const headgate = createHeadgate([show], { AWS_REGION: 'us-east-1' });
  const seen = JSON.parse(await headgate(['status'])) as Record<string, string>;
  delete process.env['AWS_PROFILE'];
  const accounts = Object.keys(seen).filter((name) => name.startsWith('AWS_'));
  expect(accounts).toEqual(['AWS_REGION']);
  await expect(headgate(['status'], 3)).rejects.toThrow(Mismatch);
});

it('gives up waiting with the last answer', async () => {
  const wait = { what: 'The sea', expected: 'dry', seconds: 0.05 };
  const asked = waitFor({ ...wait, ask: () => Promise.resolve('wet'), reached: () => false });
  await expect(asked).rejects.toMatchObject({ expected: 'dry within 0.05 s', actual: 'wet' });
});
