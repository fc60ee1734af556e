import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitHub } from '../../../../controller/ports/github.ts';
import { startGitHub, type FakeGitHub } from '../../../fakes/github/github.ts';
import { connectTo } from './connect-to.ts';

const DEPLOYMENTS = '/repos/{owner}/{repo}/deployments';

let fake: FakeGitHub;
let github: GitHub;
let sha: string;

beforeEach(async () => {
  fake = await startGitHub();
  sha = fake.push('main', { 'a.txt': '1' });
  const token = fake.workflowToken({ checks: 'write', deployments: 'write' });
  github = connectTo(fake, { GITHUB_TOKEN: token });
});
afterEach(() => fake.close());

describe('a check', () => {
  const check = (more: object) => ({
    name: 'headgate/plan',
    commit: sha,
    conclusion: 'failure' as const,
    title: 'One environment is blocked',
    summary: 'why',
    annotations: [],
    ...more,
  });
  const annotate = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      path: 'policies/shop.yaml',
      line: index + 1,
      level: 'warning' as const,
      title: 'blocked',
      message: `because ${index}`,
    }));

  it('stands beside the commit with its link', async () => {
    await github.checks.publish(check({ detailsUrl: 'https://ci.example/42' }));
    expect(fake.state.checks).toMatchObject([
      {
        name: 'headgate/plan',
        headSha: sha,
        status: 'completed',
        conclusion: 'failure',
        detailsUrl: 'https://ci.example/42',
        title: 'One environment is blocked',
        summary: 'why',
      },
    ]);
  });

  it.each([50, 51, 120])(
    'has all of its %i annotations, though GitHub takes 50 at once',
    async (count) => {
      await github.checks.publish(check({ annotations: annotate(count) }));
      const [made] = fake.state.checks;
      expect(made?.annotations.map(({ start_line: line }) => line)).toEqual(
        Array.from({ length: count }, (_, index) => index + 1),
      );
      expect(made?.annotations.at(-1)).toMatchObject({
        path: 'policies/shop.yaml',
        annotation_level: 'warning',
        title: 'blocked',
        message: `because ${count - 1}`,
      });
      expect(made).toMatchObject({ title: 'One environment is blocked', summary: 'why' });
    },
  );

  it('whose summary is too long is cut between characters, and says so', async () => {
    await github.checks.publish(check({ summary: 'ü'.repeat(40_000), title: 't'.repeat(300) }));
    const { summary = '', title = '' } = fake.state.checks[0] ?? {};
    expect(Buffer.byteLength(summary ?? '')).toBeGreaterThan(65_000);
    expect(summary).toMatch(/^ü+\n\n\(cut: /);
    expect(title).toHaveLength(255);
  });

  it('that a personal token may not publish says which one may', async () => {
    const person = connectTo(fake, { GITHUB_TOKEN: fake.personToken('ada') });
    await expect(person.checks.publish(check({}))).rejects.toMatchObject({
      next: expect.stringContaining('${{ github.token }}') as string,
    });
  });
});

describe('a deployment', () => {
  const payload = {
    app: 'shop',
    environment: 'prod',
    build: '1042',
    digest: 'd1',
    rollout: '2026-03-01T00:00:00Z',
  };
  const wanted = () => ({ ref: sha, payload, description: 'Build 1042', isProduction: true });

  it('is created once and listed with what we stored, newest first', async () => {
    const made = await github.deployments.create(wanted());
    const later = { ...wanted(), payload: { ...payload, build: '1043' } };
    await github.deployments.create(later);
    expect(made).toMatchObject({ environment: 'shop/prod', payload });
    const listed = await github.deployments.list('shop/prod');
    expect(listed.map((one) => one.payload?.build)).toEqual(['1043', '1042']);
    expect(await github.deployments.list('shop/staging')).toEqual([]);
    expect(fake.state.deployments[0]).toMatchObject({ isProduction: true, task: 'deploy' });
    // One request, however many there are.
    const asked = fake.asked.filter(({ route }) => route === `GET ${DEPLOYMENTS}`);
    expect(asked).toHaveLength(2);
  });

  it('tells its newest status, and none while there is none', async () => {
    const { id } = await github.deployments.create(wanted());
    expect(await github.deployments.status(id)).toBeUndefined();
    await github.deployments.setState(id, { state: 'in_progress', description: 'at 5 %' });
    await github.deployments.setState(id, {
      state: 'success',
      description: 'x'.repeat(200),
      environmentUrl: 'https://shop.example',
      logUrl: 'https://ci.example/42',
    });
    const status = await github.deployments.status(id);
    expect(status?.state).toBe('success');
    expect(status?.description).toMatch(/^x{139}…$/);
    expect(fake.state.deployments[0]?.statuses.at(-1)).toMatchObject({
      environmentUrl: 'https://shop.example',
      logUrl: 'https://ci.example/42',
    });
  });

  it('ends no other one when it succeeds', async () => {
    const first = await github.deployments.create({ ...wanted(), isProduction: false });
    await github.deployments.setState(first.id, { state: 'success', description: '' });
    const second = await github.deployments.create({ ...wanted(), isProduction: false });
    await github.deployments.setState(second.id, { state: 'success', description: '' });
    expect(await github.deployments.status(first.id)).toMatchObject({ state: 'success' });
  });

  it('of somebody else has no payload of ours; one that comes back as text has', async () => {
    await github.deployments.create(wanted());
    const [ours] = fake.state.deployments;
    const [text, other, forged] = [JSON.stringify(payload), { app: 'shop' }, 'not JSON'];
    for (const given of [text, other, forged]) {
      fake.state.deployments.push({ ...ours!, id: fake.state.nextId(), payload: given });
    }
    const listed = await github.deployments.list('shop/prod');
    expect(listed.map((one) => one.payload)).toEqual([undefined, undefined, payload, payload]);
  });

  it.each([
    ['error', 'failure'],
    ['pending', 'queued'],
  ] as const)('in a state %s that somebody else set is %s', async (state, read) => {
    const { id } = await github.deployments.create(wanted());
    const [made] = fake.state.deployments;
    const status = { id: 1, creator: made!.creator, createdAt: new Date(), state };
    made?.statuses.push({ ...status, description: '', environmentUrl: '', logUrl: '' });
    expect((await github.deployments.status(id))?.state).toBe(read);
  });

  it('whose answer gets lost is there once', async () => {
    fake.faults.set('lost-answer', { route: `POST ${DEPLOYMENTS}`, times: 1 });
    const made = await github.deployments.create(wanted());
    expect(fake.state.deployments.map(({ id }) => id)).toEqual([made.id]);
  });

  it('of a commit that is gone is refused in one sentence', async () => {
    const gone = { ...wanted(), ref: 'f'.repeat(40) };
    await expect(github.deployments.create(gone)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/refuses the deployment shop\/prod .*No ref found/) as string,
    });
  });
});
