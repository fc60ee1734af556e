import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { $ } from 'zx/core';
import { createSurroundings } from '../../../../controller/adapters/process/surroundings.ts';

let outside: string;
let repository: string;
let head: string;

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'headgate-git-'));
  repository = join(outside, 'a shop');
  const git = $({ quiet: true, cwd: outside });
  await git`git init -q ${repository}`;
  const inside = $({ quiet: true, cwd: repository });
  await inside`git config user.name ${"Ada O'Neil"} && git config user.email ada@shop.example`;
  await inside`git -c commit.gpgsign=false commit -q --allow-empty -m first`;
  head = (await inside`git rev-parse HEAD`).stdout.trim();
});

afterAll(() => rm(outside, { recursive: true, force: true }));

it('asks git who and which commit', async () => {
  const { facts } = createSurroundings({ env: {}, directory: repository });
  expect(await facts()).toEqual({ by: "Ada O'Neil", commit: head });
});

it('believes GitHub Actions first', async () => {
  const env = { GITHUB_ACTOR: 'octocat', GITHUB_SHA: 'c0ffee' };
  const { facts } = createSurroundings({ env, directory: repository });
  expect(await facts()).toEqual({ by: 'octocat', commit: 'c0ffee' });
});

it('has no commit outside a repository', async () => {
  const { facts } = createSurroundings({ env: { USER: 'ada' }, directory: outside });
  const { by, commit } = await facts();
  expect(commit).toBeUndefined();
  expect(by).not.toBe('');
});

describe('where a build comes from', () => {
  const run = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: 'c0ffee', GITHUB_REF: 'refs/tags/v1' };

  it('is the commit that is checked out, with ref, run and tool', async () => {
    const env = { ...run, GITHUB_RUN_ID: '7' };
    const { source } = createSurroundings({ env, directory: repository, tool: 'headgate 1.2.0' });
    expect(await source()).toEqual({
      commit: head,
      ref: 'refs/tags/v1',
      run: 'https://github.com/acme/shop/actions/runs/7',
      tool: 'headgate 1.2.0',
    });
  });

  it('is what git says elsewhere, and what GitHub says where nothing is checked out', async () => {
    const local = createSurroundings({ env: {}, directory: repository });
    expect(await local.source()).toEqual({
      commit: head,
      ref: expect.stringMatching(/^refs\/heads\/ma/) as unknown,
    });
    await $({ quiet: true, cwd: repository })`git checkout -q --detach`;
    expect(await local.source()).toEqual({ commit: head });
    const remote = createSurroundings({ env: run, directory: outside });
    expect(await remote.source()).toEqual({ commit: 'c0ffee', ref: 'refs/tags/v1' });
    const nowhere = createSurroundings({ env: {}, directory: outside });
    expect(await nowhere.source()).toEqual({});
  });
});

describe('the run of GitHub', () => {
  const env = { GITHUB_REPOSITORY: 'acme/releases', GITHUB_SHA: 'c0ffee' };
  const withEvent = async (text: string) => {
    const path = join(outside, 'event.json');
    await writeFile(path, text);
    return createSurroundings({ env: { ...env, GITHUB_EVENT_PATH: path }, directory: outside });
  };

  it('is told by its variables and its event', async () => {
    const { github } = await withEvent(JSON.stringify({ inputs: { app: 'shop' } }));
    expect(await github()).toMatchObject({ repository: 'acme/releases', inputs: { app: 'shop' } });
  });

  it('is none elsewhere', async () => {
    expect(await createSurroundings({ env: {}, directory: outside }).github()).toBeUndefined();
  });

  it('names the event that it cannot read', async () => {
    const { github } = await withEvent('{');
    await expect(github()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/GITHUB_EVENT_PATH \(.*event\.json\): /) as string,
    });
  });
});
