import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { full } from '../depth.ts';
import {
  commentsOf,
  deploymentsOf,
  expectSuccess,
  look,
  page,
  POLICY,
  PULLS_HOST,
  startDay,
  visitors,
  type Day,
} from './actions/day.ts';
import {
  pullRequest,
  push,
  repositoryDispatch,
  schedule,
  workflowDispatch,
} from './actions/events.ts';
import type { JobRun } from './actions/runner.ts';
import { BUCKET } from './policy.ts';

/**
 * A team's day: every step is the event that GitHub sends, the commands of our workflow files for it as
 * processes of their own, and what people then see on GitHub and visitors at the edge.
 */
describe.runIf(full)('a day with GitHub', { timeout: 300_000 }, () => {
  let day: Day;
  beforeAll(async () => {
    day = await startDay();
  }, 300_000);
  afterAll(() => day.close());

  /** A pull request by a person; returns its number. */
  function propose(branch: string, path: string, text: string): number {
    day.github.push(branch, { [path]: text });
    return day.github.openPullRequest({ head: branch, title: `Change ${path}` }).number;
  }

  const edit = (from: string, to: string) => day.policy().replace(from, to);

  async function publish(branch: string, whose: string): Promise<void> {
    day.github.merge(propose(branch, 'app/index.html', page(whose)));
    expectSuccess(await day.runners.run('publish.yml', push(day.github)), 'publish');
  }

  async function plan(number: number, action: string): Promise<JobRun> {
    const run = await day.runners.run('plan.yml', pullRequest(day.github, number, action));
    return run['plan']!;
  }

  /** The push to main after a merge; or the schedule. */
  async function reconcile(event = schedule(day.github)): Promise<JobRun> {
    const run = await day.runners.run('reconcile.yml', event);
    return run['reconcile']!;
  }

  async function merge(number: number): Promise<JobRun> {
    day.github.merge(number);
    return reconcile(push(day.github));
  }

  /** The schedule, until the newest deployment of prod is a success. */
  async function settle(): Promise<void> {
    for (let run = 0; run < 5; run += 1) {
      const { result, steps } = await reconcile();
      expect(result, JSON.stringify(steps)).toBe('success');
      if (deploymentsOf(day, 'shop/prod').at(-1)?.endsWith('success')) return;
    }
    throw new Error(`never came to rest: ${deploymentsOf(day, 'shop/prod').join('; ')}`);
  }

  it('merging the app publishes a build; the policy releases it', async () => {
    await publish('page', 'first');
    const policies = join(day.setting.directory, 'policies');
    await mkdir(policies);
    await writeFile(
      join(policies, 'edge.yaml'),
      day.github.git.find('main')!.files['policies/edge.yaml']!,
    );
    await writeFile(join(policies, 'shop.yaml'), day.policy());
    const rotated = await day.setting.run(['keys', 'rotate', 'shop', 'pulls', '--wait', '1s']);
    expect(rotated.code, rotated.stderr).toBe(0);
    const { result, steps } = await reconcile();
    expect(result, JSON.stringify(steps)).toBe('success');
    const workflow = 'acme/releases/.github/workflows/publish.yml@refs/heads/main';
    expect(JSON.stringify(steps)).toContain(`provenance: attested by ${workflow}, commit `);
    expect(await visitors(day)).toEqual(['page of first']);
    expect(deploymentsOf(day, 'shop/prod')).toEqual(['1041: success']);
  });

  /** Of the policy's step. */
  const HOLD_MILLISECONDS = 1000;
  let canary = 0;
  it('a policy pull request gets a comment and a check; a second push updates the comment', async () => {
    await publish('page-2', 'second');
    canary = propose('canary', POLICY, edit("build: '1041'   #", "build: '1042'   #"));
    const first = await plan(canary, 'opened');
    expect(first.result, JSON.stringify(first.steps)).toBe('success');
    const [comment] = commentsOf(day, canary, 'plan').map(({ id, body }) => ({ id, body }));
    expect(comment?.body).toMatch(/build 1042 \(50\s%\)/);
    const smaller = edit('weight: 50%', 'weight: 40%').replace("'1041'   #", "'1042'   #");
    day.github.push('canary', { [POLICY]: smaller });
    await plan(canary, 'synchronize');
    const comments = commentsOf(day, canary, 'plan');
    expect(comments.map(({ id }) => id)).toEqual([comment?.id]);
    expect(comments[0]?.body).toMatch(/build 1042 \(40\s%\)/);
    const checks = day.github.state.checks.filter(({ name }) => name === 'headgate/plan');
    expect(checks.at(-1)).toMatchObject({ conclusion: 'success' });
    expect(checks.at(-1)?.headSha).toBe(day.github.git.branches.get('canary'));
  });

  it('merging it rolls out in steps, also while GitHub is down', async () => {
    const { github } = day;
    const { result, steps } = await merge(canary);
    expect(result, JSON.stringify(steps)).toBe('success');
    expect(await visitors(day)).toEqual(['page of first', 'page of second']);
    expect(deploymentsOf(day, 'shop/prod').at(-1)).toMatch(/^1042: .*in_progress$/);

    await sleep(HOLD_MILLISECONDS);
    await github.down();
    const unseen = await reconcile();
    await github.up();
    expect(unseen.result, JSON.stringify(unseen.steps)).toBe('success');
    expect(await visitors(day)).toEqual(['page of second']);
    const said = `${unseen.steps[0]?.stdout}${unseen.steps[0]?.stderr}`;
    expect(said.match(/GitHub/g)).not.toBeNull();
    expect(said.match(/::warning/g)).toHaveLength(1);

    await settle();
    expect(deploymentsOf(day, 'shop/prod').at(-1)).toMatch(/^1042: .*success$/);
    expect(deploymentsOf(day, 'shop/prod')[0]).toMatch(/inactive$/);
  });

  let bad = '';
  let revert = 0;
  it('an alarm rolls back: deployment failed, revert pull request with the evidence', async () => {
    await publish('page-3', 'third');
    bad = edit("build: '1042'   #", "build: '1043'   #");
    const started = await merge(propose('bad', POLICY, bad));
    expect(started.result, JSON.stringify(started.steps)).toBe('success');
    expect(await visitors(day)).toEqual(['page of second', 'page of third']);
    await day.setAlarm('ALARM');
    const { steps } = await reconcile(repositoryDispatch(day.github, 'headgate-alarm'));
    expect(steps[0]?.code, JSON.stringify(steps)).toBe(5);
    expect(await visitors(day)).toEqual(['page of second']);
    expect(deploymentsOf(day, 'shop/prod').at(-1)).toMatch(/^1043: .*failure$/);
    const open = day.github.state.pulls.filter(({ state }) => state === 'open');
    expect(open.map(({ head }) => head)).toEqual([
      expect.stringMatching(/^headgate\/revert\/shop\/prod\/\d+$/),
    ]);
    revert = open[0]!.number;
    expect(day.policy(open[0]!.head)).toBe(edit("build: '1043'   #", "build: '1042'   #"));
    expect([...open[0]!.labels]).toContain('headgate:revert');
  });

  it('whose checks are started, and whose plan changes nothing for visitors', async () => {
    const { github, runners } = day;
    expect(github.state.dispatches).toHaveLength(1);
    const [{ workflow, ref, inputs } = { workflow: '', ref: '', inputs: {} }] =
      github.state.dispatches;
    const branch = ref.replace('refs/heads/', '');
    const run = await runners.run(workflow, workflowDispatch(github, branch, inputs));
    expectSuccess(run, 'plan');
    expect(commentsOf(day, revert, 'plan')[0]?.body).toMatch(/no change for visitors/i);
  });

  let refusal = '';
  it('merging it ends the hold; the bad commit merged again is refused, and says how to lift that', async () => {
    day.github.merge(revert);
    // Two runs at once: one ends the hold, the other finds it ended, before or after it wanted to.
    const runs = await Promise.all([reconcile(push(day.github)), reconcile()]);
    const codes = runs.map(({ steps }) => steps[0]?.code);
    expect(codes, JSON.stringify(runs)).toContain(0);
    expect([0, 4]).toEqual(expect.arrayContaining([...new Set(codes)]));
    expect(await visitors(day)).toEqual(['page of second']);
    const again = propose('again', POLICY, bad);
    const planned = await plan(again, 'opened');
    expect(commentsOf(day, again, 'plan')[0]?.body).toMatch(/quarantine/);
    expect(planned.steps[0]?.code).toBe(3);
    const { steps } = await merge(again);
    expect(steps[0]?.code, JSON.stringify(steps)).toBe(3);
    refusal = `${steps[0]?.stdout}${steps[0]?.stderr}`;
    expect(refusal).toMatch(/quarantine: \[\{ lift: /);
    expect(await visitors(day)).toEqual(['page of second']);
  });

  it('lifted with a reason it is released', async () => {
    // As the refusal says, word for word.
    const [line = ''] = /quarantine: \[\{ lift: .*\}\]/.exec(refusal) ?? [];
    await day.setAlarm('OK');
    const lifted = edit('  pulls:', `    ${line}\n  pulls:`);
    const { result, steps } = await merge(propose('lift', POLICY, lifted));
    expect(result, JSON.stringify(steps)).toBe('success');
    await settle();
    expect(await visitors(day)).toEqual(['page of third']);
    expect(deploymentsOf(day, 'shop/prod').at(-1)).toMatch(/^1043: .*success$/);
  });

  it('somebody without AWS rolls back by a dispatch', async () => {
    const payload = { app: 'shop', environment: 'prod', to: '1042', reason: 'wrong prices' };
    const event = repositoryDispatch(day.github, 'headgate-rollback', payload);
    const { rollback } = await day.runners.run('rollback.yml', event);
    expect([0, 5], JSON.stringify(rollback?.steps)).toContain(rollback?.steps[0]?.code);
    expect(await visitors(day)).toEqual(['page of second']);
  });

  it('a pull request of the app gets a link that works, until it is closed', async () => {
    const { github, runners } = day;
    const number = propose('feature', 'app/index.html', page('feature'));
    const opened = await runners.run('preview.yml', pullRequest(github, number, 'opened'));
    expectSuccess(opened, 'link');
    const [comment] = commentsOf(day, number, 'preview shop');
    const [link = ''] =
      /https?:\/\/pulls\.shop\.localhost\/\S*override_build_number=[^\s)>"]+/.exec(
        comment?.body ?? '',
      ) ?? [];
    const { headers } = await look(day, link);
    const cookie = headers['set-cookie']?.map((line) => line.split(';')[0]).join('; ');
    expect((await look(day, `http://${PULLS_HOST}/`, cookie)).page).toBe('page of feature');
    github.state.pulls.find((pull) => pull.number === number)!.state = 'closed';
    expectSuccess(
      await runners.run('preview.yml', pullRequest(github, number, 'closed')),
      'clean-up',
    );
    expect(commentsOf(day, number, 'preview shop')).toHaveLength(1);
    expect(commentsOf(day, number, 'preview shop')[0]?.body).not.toContain(link);
    // An edge may keep a page for a second.
    const shown = async () => (await look(day, `http://${PULLS_HOST}/`, cookie)).page;
    await expect.poll(shown).not.toBe('page of feature');
    const left = await day.setting.run(['build', 'list', '--app', 'shop', '--bucket', BUCKET]);
    expect(left.stdout).not.toContain('pr-');
  });

  it('a pull request of a fork is validated, and nothing that needs credentials runs', async () => {
    const { github, runners } = day;
    github.push('forked', { [POLICY]: edit('weight: 40%', 'weight: 30%') });
    const { number } = github.openPullRequest({ head: 'forked', title: 'Mine', fork: 'mallory' });
    const event = pullRequest(github, number, 'opened');
    const planned = await runners.run('plan.yml', event);
    expect(planned['plan']?.result).toBe('skipped');
    const { summary } = expectSuccess(planned, 'validate');
    expect(summary).toContain('from forks get no credentials');
    const preview = await runners.run('preview.yml', event);
    expect(new Set(Object.values(preview).map(({ result }) => result))).toEqual(
      new Set(['skipped']),
    );
  });

  it('in a repository whose main branch was renamed the schedule goes on', async () => {
    day.github.renameBranch('main', 'trunk');
    const { result, steps } = await reconcile();
    expect(result, JSON.stringify(steps)).toBe('success');
    // A slow run says what it is reading.
    expect(steps[0]?.stderr.replaceAll(/^reading .*\n/gm, '')).toBe('');
  });
});
