import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nameDistribution as name } from '../../../../controller/core/deployment/name-distribution.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { copyPolicies } from '../../../../controller/local/demo/policy-copy.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../policies');
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-policies-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function readCopy() {
  const names = ['edge.yaml', 'shop.yaml'];
  const files = names.map(async (file) => ({
    file,
    text: await readFile(join(directory, file), 'utf8'),
  }));
  return Promise.all(files);
}

async function nameDistribution(environment: string, id: string): Promise<void> {
  const file = join(directory, 'shop.yaml');
  const named = name(await readFile(file, 'utf8'), environment, id);
  if (named.kind === 'written') await writeFile(file, named.text);
}

it('copies the committed example: faster, with hosts of this machine, and its comments', async () => {
  const copy = await copyPolicies(EXAMPLE, directory, { speed: 120 });
  // As `bootstrap --deploy` does it, between two edits.
  await nameDistribution('prod', 'E2SECONDONE');
  await copy.nameBuild('1041');
  expect(await copy.readDistribution()).toBe('E2SECONDONE');
  const files = await readCopy();
  const { policies, issues } = readPolicies(files, { isDeployed: false });
  expect(issues).toEqual([]);
  const [staging, prod] = policies.apps[0]?.environments ?? [];
  expect(staging).toMatchObject({ hosts: ['staging.shop.localhost'], release: { build: '1041' } });
  expect(prod).toMatchObject({
    hosts: ['shop.localhost'],
    edge: { distribution: 'E2SECONDONE' },
    release: {
      build: '1041',
      steps: [
        { weightBasisPoints: 500, holdSeconds: 2.5 },
        { weightBasisPoints: 2500, holdSeconds: 2.5 },
      ],
      bakeSeconds: 5,
    },
  });
  const comments = (text: string) => text.match(/#.*/g);
  const original = await readFile(join(EXAMPLE, 'shop.yaml'), 'utf8');
  const local = (text: string) => text.replaceAll('shop.localhost', 'shop.example.com');
  expect(comments(local(files[1]?.text ?? ''))).toEqual(comments(original));
});

it('knows where the story happens, and sets up an alarm that the shop can fire', async () => {
  const copy = await copyPolicies(EXAMPLE, directory, { speed: 1 });
  expect(copy).toMatchObject({
    app: 'shop',
    bucket: 'acme-web-builds',
    environments: 2,
    environment: 'prod',
    host: 'shop.localhost',
    store: 'headgate-prod',
    alarm: 'shop-prod-errors',
    weights: [500, 2500],
  });
  const { policies } = readPolicies(await readCopy(), { isDeployed: false });
  expect(policies.setup).toMatchObject({
    fastLane: 'off',
    alarms: { 'shop-prod-errors': { metric: 'CheckoutErrors', periodSeconds: 10 } },
  });
});

it('lays complete trees without a pool on request', async () => {
  const copy = await copyPolicies(EXAMPLE, directory, { speed: 1, layout: 'tree' });
  expect(copy.isTree).toBe(true);
  const { policies, issues } = readPolicies(await readCopy(), { isDeployed: false });
  expect(issues).toEqual([]);
  expect(policies.apps[0]).toMatchObject({
    layout: 'tree',
    pool: { include: [] },
    headers: [{ files: '/assets/*', cache: 'immutable' }],
  });
});
