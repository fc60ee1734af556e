import { expect, it } from 'vitest';
import { readGitHubRun } from '../../../controller/commands/require-github.ts';
import { readRun } from '../../../controller/core/github/run.ts';
import { World } from '../../fakes/world.ts';

const contextOf = (env: Readonly<Record<string, string>>) => {
  const { surroundings } = new World().context();
  return { surroundings: { ...surroundings, github: async () => readRun(env) } };
};

it('--github outside a workflow says which variables are missing', async () => {
  await expect(readGitHubRun(contextOf({}), { github: true })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/GITHUB_REPOSITORY \(owner\/name\), GITHUB_SHA and GITHUB_REF/),
    next: expect.stringContaining('GITHUB_TOKEN'),
  });
});

it('in a workflow it is that run, and without --github none', async () => {
  const context = contextOf({ GITHUB_REPOSITORY: 'acme/releases', GITHUB_EVENT_NAME: 'push' });
  expect(await readGitHubRun(context, { github: true })).toMatchObject({ eventName: 'push' });
  expect(await readGitHubRun(context, { github: false })).toBeUndefined();
});
