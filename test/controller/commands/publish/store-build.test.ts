import { beforeEach, describe, expect, it } from 'vitest';
import { publish } from '../../../../controller/commands/publish.ts';
import type { PublishResult } from '../../../../controller/core/publish/report.ts';
import type { PublishSettings } from '../../../../controller/core/state/manifest.ts';
import type { Place } from '../../../../controller/ports/context.ts';
import type { UploadStore } from '../../../../controller/ports/upload-store.ts';
import { AppSetting, overlay, PLACE } from './app-setting.ts';

const STOREFRONT = {
  'index.html': '<h1>Shop</h1>',
  'robots.txt': 'User-agent: *',
  'assets/app-4f2a.js': 'console.log(1)',
  'assets/app-91bc.css': 'h1 { color: teal }',
};

const setting = new AppSetting();
beforeEach(async () => void (await setting.write(STOREFRONT)));

type Values = Readonly<Record<string, string | boolean>>;

/** Runs the command; returns what it said, and the keys it sent. */
async function attempt(values: Values) {
  const sent: string[] = [];
  const uploads = (place: Place): UploadStore => {
    const store = setting.context.uploads(place);
    const create: UploadStore['create'] = (upload) => {
      sent.push(upload.key);
      return store.create(upload);
    };
    return overlay(store, { create });
  };
  const given = { build: '1', json: true, ...values };
  const ran = await setting.run(publish, [setting.directory()], given, { uploads });
  return { ...ran, sent };
}

async function run(values: Values = {}) {
  const { code, said, sent } = await attempt(values);
  expect(code, said).toBe(0);
  return { sent, result: JSON.parse(said) as PublishResult };
}

/** Nothing but a refusal. */
async function refusal(values: Values = {}) {
  const { code: exitCode, said: message, notes: next } = await attempt(values);
  expect(exitCode, message).not.toBe(0);
  return { exitCode, message, next };
}

describe('a build of a pull request', () => {
  const untrusted = { build: 'pr-12', untrusted: true };

  it('goes below untrusted/ with everything that it brings', async () => {
    const { result, sent } = await run(untrusted);
    expect(sent.toSorted()).toEqual([
      `${setting.app}/untrusted/builds/pr-12/.headgate/manifest.json`,
      `${setting.app}/untrusted/builds/pr-12/index.html`,
      `${setting.app}/untrusted/builds/pr-12/robots.txt`,
      `${setting.app}/untrusted/pool/assets/app-4f2a.js`,
      `${setting.app}/untrusted/pool/assets/app-91bc.css`,
    ]);
    expect(result).toMatchObject({ build: 'pr-12', uploadedFiles: 4, sharedFiles: 0 });
    const store = setting.context.builds(PLACE);
    expect(await store.list(setting.app)).toEqual(['pr-12']);
    expect(await store.hasFile(setting.app, 'pr-12', 'assets/app-4f2a.js')).toBe(true);
    expect((await run(untrusted)).result.alreadyPublished).toBe(true);
  });

  it('shares the pools: the app’s, and that of other pull requests', async () => {
    await run();
    await setting.write({ 'assets/new-77aa.js': 'new' });
    const first = await run(untrusted);
    expect(first.sent.filter((key) => key.includes('/pool/'))).toEqual([
      `${setting.app}/untrusted/pool/assets/new-77aa.js`,
    ]);
    expect(first.result).toMatchObject({ uploadedFiles: 3, sharedFiles: 2 });
    const second = await run({ build: 'pr-13', untrusted: true });
    expect(second.result).toMatchObject({ uploadedFiles: 2, sharedFiles: 3 });
    const store = setting.context.builds(PLACE);
    expect(await store.hasFile(setting.app, 'pr-13', 'assets/app-4f2a.js')).toBe(true);
    // And what a pull request stored is nothing to the builds of protected refs.
    const next = await run({ build: '2' });
    expect(next.sent).toContain(`${setting.app}/pool/assets/new-77aa.js`);
  });

  it('can’t have other bytes under a pooled name: the edge would serve the app’s', async () => {
    await run();
    await setting.write({ 'assets/app-4f2a.js': 'console.log("mine")' });
    const { message, exitCode } = await refusal(untrusted);
    expect(exitCode).toBe(3);
    expect(message).toContain(`the stored ${setting.app}/pool/assets/app-4f2a.js differ`);
  });

  it.each([
    [{ build: 'pr-12' }, /"pr-12" is a number of untrusted builds: pass --untrusted/],
    [{ build: '12', untrusted: true }, /"12" does not start with "pr-"/],
  ])('says what it is twice: %j', async (args, says) => {
    const { message, exitCode } = await refusal(args);
    expect(exitCode).toBe(2);
    expect(message).toMatch(says);
    expect(
      await setting.context.builds(PLACE).readManifest(setting.app, args.build),
    ).toBeUndefined();
  });
});

it('stores the builds of an adopted bucket where the others lie', async () => {
  const pool = { include: [], exclude: [] };
  await setting.context.builds(PLACE).writeSettings(setting.app, { spa: true, pool, root: 'old/' });
  const { sent, result } = await run();
  expect(sent).toContain('old/1/assets/app-4f2a.js');
  expect(sent.at(-1)).toBe('old/1/.headgate/manifest.json');
  const found = await setting.context
    .builds({ ...PLACE, root: 'old/' })
    .readManifest(setting.app, '1');
  expect(found?.digest).toBe(result.digest);
  expect((await run()).result.alreadyPublished).toBe(true);
});

it('takes no number for a build that a folder beside it has', async () => {
  const pool = { include: [], exclude: [] };
  await setting.context.builds(PLACE).writeSettings(setting.app, { spa: true, pool, root: '' });
  const { message } = await refusal({ build: setting.app });
  expect(message).toContain(`${setting.app}/ is a folder of Headgate's own`);
});

describe('headers of the policy', () => {
  const pool = { include: ['/assets/*'], exclude: [] };
  const change = { files: '/assets/*.css', cache: 'mutable' } as const;
  const write = (headers: PublishSettings['headers'], sourceMaps?: 'public') =>
    setting.context
      .builds(PLACE)
      .writeSettings(setting.app, { spa: true, pool, headers, sourceMaps });

  it('are kept by files that are stored, and the message says how to go on', async () => {
    await run();
    await write([change]);
    const { message, next, exitCode } = await refusal({ build: '2' });
    expect(exitCode).toBe(3);
    expect(message).toContain('cache control: stored public, max-age=31536000, immutable');
    const line =
      '{ files: "/assets/app-91bc.css", cache: immutable, type: "text/css; charset=utf-8" }';
    expect(next).toContain(line);
    const type = 'text/css; charset=utf-8';
    await write([{ files: '/assets/app-91bc.css', cache: 'immutable', type }, change]);
    expect((await run({ build: '2' })).result.alreadyPublished).toBe(false);
  });

  it('and source maps are part of what a number was published with', async () => {
    await setting.write({ 'assets/app-4f2a.js.map': '{}' });
    const { sent, result } = await run();
    expect(sent).toContain(`${setting.app}/builds/1/.headgate/private/assets/app-4f2a.js.map`);
    expect(result.privateFiles).toBe(1);
    expect((await run()).result.alreadyPublished).toBe(true);
    await write([], 'public');
    expect((await refusal()).message).toContain('publishing settings have changed since');
    const next = await run({ build: '2' });
    expect(next.sent).toContain(`${setting.app}/pool/assets/app-4f2a.js.map`);
    expect(next.result.privateFiles).toBe(0);
  });
});
