import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Hook } from './command.ts';
import { BUCKET, composePolicy, REGION, type Policy } from './policy.ts';
import { createEmptySetting, type Setting } from './setting.ts';
import { ask } from './site.ts';
import { ACTIVE, createVersionedDeployment, OLD_FUNCTION } from './versioned-deployment.ts';

/** The commands of policies/moving.md, in its order; each test goes on where the one before ended. */
let setting: Setting;
let distribution: string;

beforeAll(async () => {
  setting = await createEmptySetting();
  distribution = await createVersionedDeployment(setting);
});
afterAll(() => setting.close());

const PLACE = ['--bucket', BUCKET, '--app', 'shop', '--region', REGION];

function policyFor(build: string, bake = '0s'): Policy {
  const { edge, app } = composePolicy(
    { staging: '', prod: distribution },
    { prod: { build, bake } },
  );
  const { environments, ...rest } = app as { environments: { prod: object } };
  const prod = {
    ...environments.prod,
    guard: {},
    adopted: { cookies: true, activeBuildParameter: ACTIVE, replaces: [OLD_FUNCTION] },
  };
  return { edge, app: { ...rest, root: '', pool: { include: [] }, environments: { prod } } };
}

async function active(): Promise<string> {
  const { Parameter } = await setting.clients.ssm.send(new GetParameterCommand({ Name: ACTIVE }));
  return `${Parameter?.Value} (version ${Parameter?.Version})`;
}

it('starts from a site that serves the active build, and a page’s files from its own', async () => {
  expect(await ask(setting, '/')).toBe('page of 1041');
  expect(await ask(setting, '/app.js', 'Build-Number=1040')).toBe('script of 1040');
});

it('adopts the builds where they lie', async () => {
  const adopt = ['build', 'adopt', '1040', '1041', '--root', '/', ...PLACE];
  const { code, stdout, writes } = await setting.run(adopt);
  expect(code).toBe(0);
  expect(stdout).toContain('Build 1041 of shop is adopted: 2 files');
  expect(stdout).toContain('1 file of HTML without headgate-build metadata');
  expect(writes).toHaveLength(2);
  expect(await ask(setting, '/')).toBe('page of 1041');
});

it('shows in the plan that nobody gets another build, and who makes place for whom', async () => {
  const policy = policyFor('1041');
  expect((await setting.run(['validate'], { policy })).code).toBe(0);
  const { code, stdout } = await setting.run(['plan'], { policy });
  expect(stdout).toContain(`SSM ${ACTIVE} says build 1041, as the policy does`);
  expect(stdout).toContain(`in the place of ${OLD_FUNCTION}`);
  expect(code, stdout).toBe(0);
});

it('moves without anybody getting another build, after any single write', async () => {
  const seen = new Set<string>();
  const look: Hook = async (moment, { name }) => {
    if (moment === 'after' && !name.startsWith('TestFunction')) seen.add(await ask(setting, '/'));
  };
  const { code, stdout } = await setting.run(['reconcile'], {
    policy: policyFor('1041'),
    hook: look,
  });
  expect(code, stdout).toBe(0);
  expect([...seen]).toEqual(['page of 1041']);
  expect(await ask(setting, '/some/page/')).toBe('page of 1041');
  expect(await active()).toBe('1041 (version 1)');
});

it('still takes an override for a preview', async () => {
  expect(await ask(setting, '/', 'Build-Number=1040; Override=true')).toBe('page of 1040');
  expect(await ask(setting, '/', 'Build-Number=1040')).toBe('page of 1041');
});

it('releases a build of its own, beside the adopted ones', async () => {
  const directory = join(setting.directory, 'dist');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'index.html'), '<script src="/app.js"></script>page of 1042');
  await writeFile(join(directory, 'app.js'), 'script of 1042');
  const publish = ['publish', directory, '--build', '1042', ...PLACE];
  const published = await setting.run(publish);
  expect(published.code).toBe(0);
  expect(published.writes.join('\n')).toContain('PutObject 1042/.headgate/manifest.json');
  const { code } = await setting.run(['reconcile'], { policy: policyFor('1042', '1h') });
  expect(code).toBe(0);
  expect(await ask(setting, '/')).toBe('page of 1042');
  expect(await active()).toBe('1042 (version 2)');
  // A page from before the move, still open: its files follow the cookie that it has.
  expect(await ask(setting, '/app.js', 'Build-Number=1041')).toBe('script of 1041');
});

it('rolls back, and so does the parameter', async () => {
  const policy = policyFor('1042', '1h');
  expect((await setting.run(['rollback', 'shop', 'prod'], { policy })).code).toBe(5);
  expect(await ask(setting, '/')).toBe('page of 1041');
  expect(await active()).toBe('1041 (version 3)');
});
