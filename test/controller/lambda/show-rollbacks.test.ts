import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../controller/core/errors.ts';
import type { GitHubRun } from '../../../controller/core/github/run.ts';
import { createHandler } from '../../../controller/lambda/handler.ts';
import { createLog, type LogLine } from '../../../controller/lambda/log.ts';
import type { Context } from '../../../controller/ports/context.ts';
import type { PullRequest } from '../../../controller/ports/github.ts';
import { policyText } from '../../fakes/rolled-back.ts';
import { rolling } from '../../fakes/rolling.ts';
import type { World } from '../../fakes/world.ts';
import { copyOf } from './copy.ts';

const RUN: GitHubRun = {
  repository: 'acme/releases',
  eventName: 'fast-lane',
  sha: '',
  ref: '',
  runUrl: undefined,
  actor: 'the fast lane',
  inputs: { policies: 'web/policies' },
};

/** As much of GitHub as one pull request takes; its writes are told among the world's. */
function repositoryOf(world: World): Context['github'] {
  const { github } = world.context();
  const pull: PullRequest = {
    number: 7,
    url: 'https://github.example/7',
    title: '',
    state: 'open',
    isMerged: false,
    head: 'headgate/revert/shop/prod/3',
    headSha: 'c2',
    base: 'main',
  };
  return {
    ...github,
    pullRequests: {
      ...github.pullRequests,
      openBelow: async () => [],
      stateOf: async () => undefined,
      ofBranch: async () => [],
      open: async ({ head, base }) => {
        world.writes.push(`pull request ${head} -> ${base}`);
        return pull;
      },
      files: async () => [],
      addLabel: async () => {},
    },
    repository: {
      ...github.repository,
      startsWorkflows: async () => true,
      defaultBranch: async () => 'main',
      head: async () => 'c1',
      readFile: async (path) =>
        path === 'web/policies/shop.yaml' ? { text: policyText(), sha: 's1' } : undefined,
      commitFile: async ({ path, text }) => {
        expect(text).toBe(policyText('1'));
        world.writes.push(`commit ${path}`);
      },
    },
  };
}

async function fire(world: World, changes: Partial<Context>, run: GitHubRun | undefined = RUN) {
  world.fireAlarm();
  const lines: LogLine[] = [];
  const outside = world.context();
  const context: Context = {
    ...outside,
    policyCopies: () => copyOf(undefined),
    surroundings: { ...outside.surroundings, github: async () => run },
    clock: { ...outside.clock, sleep: async (time) => world.pass(time / 1000) },
    ...changes,
  };
  const log = createLog((line) => lines.push(JSON.parse(line) as LogLine));
  const at = new Date(world.now).toISOString().replace('Z', '+0000');
  const { answers } = await createHandler({ context, log })({
    headgate: { bucket: 'builds', region: 'us-east-1', app: 'shop', environment: 'prod' },
    event: {
      'detail-type': 'CloudWatch Alarm State Change',
      region: 'us-east-1',
      detail: { alarmName: 'shop-prod-errors', state: { value: 'ALARM', timestamp: at } },
    },
  });
  expect(answers).toMatchObject([{ outcome: 'rolled-back' }]);
  expect(world.storedRecord).toMatchObject({ phase: 'held' });
  return lines;
}

describe('after a rollback of the fast lane', () => {
  it('the revert pull request is opened last', async () => {
    const world = await rolling();
    await fire(world, { github: repositoryOf(world) });
    expect(world.writes.slice(-3)).toEqual([
      'history',
      'commit web/policies/shop.yaml',
      'pull request headgate/revert/shop/prod/3 -> main',
    ]);
  });

  it('what GitHub refuses is one warning, and the event does not come again', async () => {
    const world = await rolling();
    const github = repositoryOf(world);
    const head = () => Promise.reject(new UsageError('GitHub does not answer.', 'Wait.'));
    const refusing = { ...github, repository: { ...github.repository, head } };
    const [, ...warnings] = await fire(world, { github: refusing });
    expect(warnings).toMatchObject([
      {
        level: 'warning',
        subject: 'shop/prod',
        message: expect.stringMatching(/next workflow run.*does not answer/),
      },
    ]);
  });

  it('without a repository of its own it asks nobody', async () => {
    const world = await rolling();
    const lines = await fire(world, { surroundings: world.context().surroundings });
    expect(lines).toHaveLength(1);
  });
});
