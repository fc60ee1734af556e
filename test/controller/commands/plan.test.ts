import { afterEach, beforeEach, expect, it } from 'vitest';
import { plan } from '../../../controller/commands/plan.ts';
import { reconcile } from '../../../controller/commands/reconcile.ts';
import { ConflictError, UsageError } from '../../../controller/core/errors.ts';
import type { PlanSet } from '../../../controller/core/plan/plan.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { startGitHub, type FakeGitHub } from '../../fakes/github/github.ts';
import { Fleet } from '../../fakes/world.ts';
import { connectTo } from '../adapters/github/connect-to.ts';
import { runOf } from '../show/github-run.ts';

const EDGE = `apiVersion: headgate/v1
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: builds, region: us-east-1 }
`;

const shopAt = (build: string) => `apiVersion: headgate/v1
app: shop
bucket: builds
region: us-east-1
spa: true
pool: { include: [/assets/*] }
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: EXAMPLESHOP }
    release:
      build: "${build}"
      steps: [{ weight: 5%, hold: 10m }]
    guard: { alarms: [{ name: shop-prod-errors }] }
`;

let fake: FakeGitHub;
let fleet: Fleet;
let files: Map<string, string>;

beforeEach(async () => {
  fake = await startGitHub({ files: { 'policies/shop.yaml': shopAt('1') } });
  fleet = await new Fleet(['shop']).release();
  files = new Map([
    ['policies/edge.yaml', EDGE],
    ['policies/shop.yaml', shopAt('2')],
  ]);
});
afterEach(() => fake.close());

interface Said {
  readonly code: number;
  readonly notes: readonly string[];
  readonly summary: string;
}

function contextOf(isInWorkflow: boolean) {
  const notes: string[] = [];
  const summaries: string[] = [];
  const base = fleet.context();
  const unused = (): never => {
    throw new Error('not asked for here');
  };
  const context: Context = {
    ...base,
    surroundings: {
      ...base.surroundings,
      github: async () => (isInWorkflow ? runOf(fake) : undefined),
    },
    github: connectTo(fake, {
      GITHUB_TOKEN: fake.workflowToken({ checks: 'write', pull_requests: 'write' }),
    }),
    terminal: {
      ...base.terminal,
      note: (text) => void notes.push(text),
      summary: async (text) => void summaries.push(text),
    },
    files: {
      list: async () => [...files.keys()].map((path) => path.replace('policies/', '')),
      readText: async (path) => files.get(path),
      readBytes: unused,
      readRange: unused,
      digest: unused,
      scan: unused,
      writeText: async (path, text) => void files.set(path, text),
    },
  };
  return { context, notes, summaries };
}

type Values = Readonly<Record<string, string | boolean>>;

async function runPlan(values: Values, isInWorkflow = true): Promise<Said> {
  const { context, notes, summaries } = contextOf(isInWorkflow);
  const given = { policies: 'policies', ...values };
  const code = await plan.run({ positionals: [], values: given, lists: {} }, context);
  return { code, notes, summary: summaries.join('\n') };
}

it('asks GitHub nothing without --github, and wants a workflow with it', async () => {
  expect((await runPlan({})).code).toBe(0);
  expect(fake.asked).toEqual([]);
  await expect(runPlan({ github: true }, false)).rejects.toThrow(UsageError);
  await expect(runPlan({ 'pull-request': '7' })).rejects.toThrow(/needs --github/);
});

it('shows its check, with a note at the line of the build, and keeps the link in the file', async () => {
  const { code, summary } = await runPlan({ github: true, out: 'plan.json' });
  expect(code).toBe(0);
  expect(summary).toMatch(/^### Headgate plan\n/);
  const annotations = [{ path: 'policies/shop.yaml', start_line: 12, annotation_level: 'notice' }];
  expect(fake.state.checks).toMatchObject([{ conclusion: 'success', annotations }]);
  expect(JSON.parse(files.get('plan.json') ?? '')).toMatchObject({
    link: 'https://github.com/acme/releases/actions/runs/7',
  });
});

it('fails for what is wrong with the policy, not for GitHub', async () => {
  await fake.down();
  expect(await runPlan({ github: true })).toMatchObject({ code: 0, notes: { length: 1 } });
  await fake.up();
  files.set('policies/shop.yaml', shopAt('9'));
  expect((await runPlan({ github: true })).code).toBe(2);
  expect(fake.state.checks.at(-1)).toMatchObject({ conclusion: 'failure' });
  await expect(runPlan({ github: true, 'pull-request': 'seven' })).rejects.toThrow('seven');
});

it('a plan that no longer holds is refused with where it was reviewed and what differs', async () => {
  await runPlan({ github: true, out: 'plan.json' });
  files.set('policies/shop.yaml', shopAt('3'));
  const { context } = contextOf(true);
  const values = { policies: 'policies', plan: 'plan.json' };
  const refused = reconcile.run({ positionals: [], values, lists: {} }, context);
  await expect(refused).rejects.toThrow(ConflictError);
  await expect(refused).rejects.toThrow(
    /Nothing was written\. It was reviewed at https:.*runs\/7\.\n.*\n? *shop\/prod: reviewed build 1 -> build 2 at 5 %, stable 1, now build 1 -> build 3 at 5 %/,
  );
  const saved = JSON.parse(files.get('plan.json') ?? '') as PlanSet;
  expect(saved.plans.some(({ review }) => review !== undefined)).toBe(true);
});
