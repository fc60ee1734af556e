import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitHub } from '../../../../controller/ports/github.ts';
import { startGitHub, type FakeGitHub } from '../../../fakes/github/github.ts';
import { connectTo } from './connect-to.ts';

const MARKER = '<!-- headgate:plan -->';
const COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';

let fake: FakeGitHub;
let token: string;
let github: GitHub;
let number: number;

beforeEach(async () => {
  fake = await startGitHub();
  fake.push('edit', { 'a.txt': '1' });
  ({ number } = fake.openPullRequest({ head: 'edit', title: 'Edit' }));
  token = fake.workflowToken({ pull_requests: 'write', contents: 'read' });
  github = connectTo(fake, { GITHUB_TOKEN: token });
});
afterEach(() => fake.close());

const write = () => github.comments.write(number, `${MARKER}\nplan`);
const rejection = async (asked: Promise<unknown>) => {
  const reason: unknown = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  return reason as { exitCode: number; message: string; next: string };
};

describe('GitHub that is down', () => {
  it('is named with what refused, and nobody asks it again for every further thing', async () => {
    await fake.down();
    const first = await rejection(github.repository.defaultBranch());
    expect(first).toMatchObject({
      exitCode: 2,
      message: `GitHub (${new URL(fake.url).host}) does not answer: ECONNREFUSED.`,
    });
    expect(first.next).toContain('the next run shows what this one could not');
    await fake.up();
    // Thirty environments are told once, and wait once.
    expect(await rejection(write())).toBe(first);
    expect(fake.asked).toEqual([]);
  });

  it('is told by 502 after three tries, and comes back within them', async () => {
    fake.faults.set('bad-gateway', { times: 2 });
    expect(await github.repository.defaultBranch()).toBe('main');
    fake.faults.set('bad-gateway');
    const { message } = await rejection(github.repository.defaultBranch());
    expect(message).toMatch(/could not do the repository, also after several tries: HTTP 502/);
    expect(fake.asked.map(({ status }) => status)).toEqual([502, 502, 200, 502, 502, 502]);
  });

  it('in one part is asked for the others, and left alone when all are broken', async () => {
    fake.faults.set('bad-gateway', { route: COMMENT });
    expect((await rejection(write())).message).toContain('the comments on pull request 1');
    expect(await github.repository.defaultBranch()).toBe('main');
    fake.faults.set('bad-gateway');
    const broken = [write, write, () => github.pullRequests.ofBranch('edit')];
    for (const ask of broken) expect((await rejection(ask())).message).toContain('HTTP 502');
    const count = fake.asked.length;
    const last = await rejection(github.repository.defaultBranch());
    expect(last.message).toContain('could not do pull requests');
    expect(fake.asked).toHaveLength(count);
  });

  it('is given up when it hangs', async () => {
    fake.faults.set('hang');
    const impatient = connectTo(fake, { GITHUB_TOKEN: token }, { timeoutMilliseconds: 50 });
    const { message } = await rejection(impatient.repository.defaultBranch());
    expect(message).toContain('no answer within 0.05 s');
  });

  it('is no reason to write twice: what may be there is looked for first', async () => {
    fake.faults.set('bad-gateway', { route: COMMENT, times: 1 });
    await write();
    expect(fake.asked.map(({ route, status }) => `${status} ${route.split(' ')[0]}`)).toEqual([
      '502 POST',
      '200 GET',
      '201 POST',
      '200 GET',
    ]);
  });
});

describe('a limit of GitHub', () => {
  it('of a few seconds is waited for', async () => {
    fake.faults.set('secondary-rate-limit', { times: 1, seconds: 20 });
    await write();
    fake.faults.set('primary-rate-limit', { times: 1, seconds: 20 });
    expect(await github.repository.defaultBranch()).toBe('main');
  });

  it('is waited for a minute in all, and no longer', async () => {
    fake.faults.set('secondary-rate-limit', { times: 3, seconds: 25 });
    const { message } = await rejection(write());
    expect(message).toMatch(/^GitHub asks for a pause .*secondary rate limit\), until \d{4}-/);
    expect(fake.asked).toHaveLength(3);
  });

  it('of an hour is told with its end, and nobody is asked until then', async () => {
    fake.faults.set('primary-rate-limit', { times: 1, seconds: 3000 });
    const first = await rejection(write());
    const [, until = ''] = /are used up, until (\S+)\.$/.exec(first.message) ?? [];
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(2_900_000);
    expect(await rejection(github.repository.defaultBranch())).toBe(first);
    expect(fake.asked).toHaveLength(1);
  });
});

describe('a token', () => {
  it('without the permission gets the line for the workflow', async () => {
    token = fake.workflowToken({ pull_requests: 'read' });
    github = connectTo(fake, { GITHUB_TOKEN: token });
    const { exitCode, message, next } = await rejection(write());
    expect(exitCode).toBe(2);
    expect(message).toBe(
      'The token in use may not do what needs `pull-requests: write` in acme/releases: Resource not accessible by integration.',
    );
    expect(next).toContain('Put `pull-requests: write` under `permissions:` of the job');
    expect(next).toContain('from a fork');
  });

  it('that is none of GitHub is never quoted', async () => {
    const secret = 'ghs_0123456789abcdef';
    github = connectTo(fake, { GITHUB_TOKEN: secret });
    const { exitCode, message, next } = await rejection(write());
    expect(exitCode).toBe(2);
    expect(message).toContain('Bad credentials');
    expect(next).toContain('GITHUB_TOKEN');
    expect(JSON.stringify(await rejection(write()))).not.toContain(secret);
  });

  it('that may not see a thing is told so', async () => {
    const { message } = await rejection(github.comments.find(99, MARKER));
    expect(message).toMatch(/knows nothing of the comments on pull request 99 .* may not see it/);
  });
});

const answering = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const { repository } = connectTo({ url, repository: 'acme/releases' }, { GITHUB_TOKEN: 'ghs_a' });
  return { repository, close: () => server.close() };
};

describe('what is no answer of GitHub', () => {
  const json = { 'content-type': 'application/json; charset=utf-8' };

  it.each([200, 403])('with %i, a page of a proxy, names GITHUB_API_URL', async (status) => {
    const { repository, close } = await answering((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
    });
    const { message, next } = await rejection(repository.defaultBranch());
    expect(message).toMatch(/^What answers at 127\.0\.0\.1:\d+ is not GitHub's API\.$/);
    expect(next).toContain('GITHUB_API_URL');
    close();
  });

  it('is told at once of an address that is none', () => {
    const env = { GITHUB_TOKEN: token, GITHUB_API_URL: 'github.example.com' };
    expect(() => connectTo(fake, env)).toThrow('GITHUB_API_URL is "github.example.com"');
  });

  it('that breaks off is no answer', async () => {
    const { repository, close } = await answering((_, response) => {
      response.writeHead(200, { ...json, 'content-length': '100' }).write('{"default_');
      setTimeout(() => response.destroy(), 20);
    });
    const { message } = await rejection(repository.defaultBranch());
    expect(message).toContain('does not answer');
    close();
  });

  it('has the words of GitHub in one line, without what looks like a token', async () => {
    const { repository, close } = await answering((_, response) => {
      const message = `Sorry\n\n::error::ghp_${'a'.repeat(36)} ${'x'.repeat(900)}`;
      response.writeHead(422, json).end(JSON.stringify({ message }));
    });
    const { message } = await rejection(repository.defaultBranch());
    expect(message).toContain('Sorry ::error::*** xxx');
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(700);
    close();
  });

  it.each([
    ['no UTF-8', { encoding: 'base64', content: Buffer.from([0xff, 0xfe]).toString('base64') }],
    ['larger than 1 MB', { encoding: 'none', content: '' }],
  ])('is a file that is %s: nobody edits half of it', async (_, file) => {
    const { repository, close } = await answering((_request, response) => {
      response.writeHead(200, json).end(JSON.stringify({ type: 'file', sha: 'a', ...file }));
    });
    const { message, next } = await rejection(repository.readFile('a.yaml', 'main'));
    expect(message).toMatch(/^a\.yaml is .* can't be edited here\.$/);
    expect(next).toContain('by hand');
    close();
  });
});

it('says who asks, and in which version of the API', async () => {
  const asked: IncomingHttpHeaders[] = [];
  const { repository, close } = await answering(({ headers }, response) => {
    asked.push(headers);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await repository.defaultBranch();
  expect(asked).toMatchObject([
    {
      'user-agent': expect.stringMatching(/^headgate\/\d+\.\d+\.\d+ /) as string,
      'x-github-api-version': '2022-11-28',
      authorization: 'token ghs_a',
    },
  ]);
  close();
});
