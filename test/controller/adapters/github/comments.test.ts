import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitHub } from '../../../../controller/ports/github.ts';
import { startGitHub, type FakeGitHub } from '../../../fakes/github/github.ts';
import { connectTo } from './connect-to.ts';

const MARKER = '<!-- headgate:plan -->';
const ALL = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const ONE = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
const write = (text: string) => `${MARKER}\n${text}`;

let fake: FakeGitHub;
let github: GitHub;
let number: number;

beforeEach(async () => {
  fake = await startGitHub();
  fake.push('edit', { 'a.txt': '1' });
  ({ number } = fake.openPullRequest({ head: 'edit', title: 'Edit' }));
  github = asWorkflow();
});
afterEach(() => fake.close());

const asWorkflow = () =>
  connectTo(fake, { GITHUB_TOKEN: fake.workflowToken({ pull_requests: 'write' }) });

const bodies = () => fake.state.comments.map(({ body }) => body);

it('is written once and found again by its first line', async () => {
  expect(await github.comments.find(number, MARKER)).toBeUndefined();
  const made = await github.comments.write(number, write('one'));
  expect(made.url).toContain(`/pull/${number}#issuecomment-`);
  const found = await asWorkflow().comments.find(number, MARKER);
  expect(found).toEqual(made);
  await github.comments.write(number, write('two'), found);
  expect(bodies()).toEqual([write('two')]);
  expect(await github.comments.find(number, '<!-- headgate:applied -->')).toBeUndefined();
});

it('is found behind hundreds of others, and when its lines end as Windows has them', async () => {
  for (let nth = 0; nth < 130; nth += 1) fake.commentAs('bob', number, `comment ${nth}`);
  await github.comments.write(number, `${MARKER}\r\nlast`);
  for (let nth = 0; nth < 130; nth += 1) fake.commentAs('bob', number, `and ${nth}`);
  expect((await github.comments.find(number, MARKER))?.body).toContain('last');
});

it("never takes a person's comment for ours, nor a quotation of ours", async () => {
  fake.commentAs('mallory', number, write('mine'));
  const { id } = await github.comments.write(number, `> quoted\n${MARKER}`);
  expect(await github.comments.find(number, MARKER)).toBeUndefined();
  await github.comments.write(number, write('ours'));
  expect(bodies()).toEqual([write('mine'), `> quoted\n${MARKER}`, write('ours')]);
  expect(id).toBeGreaterThan(0);
});

it("with a person's token, that person's are ours and nobody else's", async () => {
  const asAda = connectTo(fake, { GITHUB_TOKEN: fake.personToken('ada') });
  await github.comments.write(number, write('of the workflow'));
  fake.commentAs('mallory', number, write('mine'));
  expect(await asAda.comments.find(number, MARKER)).toBeUndefined();
  const made = await asAda.comments.write(number, write('of ada'));
  expect(await asAda.comments.find(number, MARKER)).toEqual(made);
});

describe('that a person deletes between finding and writing', () => {
  it('is written anew', async () => {
    const found = await github.comments.write(number, write('one'));
    fake.deleteComment(found.id);
    const made = await github.comments.write(number, write('two'), found);
    expect(made.id).not.toBe(found.id);
    expect(bodies()).toEqual([write('two')]);
  });
});

it('that GitHub lets us no longer change is written anew, and the newer one is found from then on', async () => {
  const found = await github.comments.write(number, write('one'));
  fake.faults.set('no-scope', { route: `PATCH ${ONE}`, times: 1 });
  const made = await github.comments.write(number, write('two'), found);
  expect(await github.comments.find(number, MARKER)).toEqual(made);
});

it('of two runs at once the newer stays, and people keep theirs', async () => {
  fake.commentAs('mallory', number, write('mine'));
  const other = asWorkflow();
  await Promise.all([
    github.comments.write(number, write('one')),
    other.comments.write(number, write('two')),
  ]);
  expect(bodies()).toHaveLength(2);
  expect(bodies()[0]).toBe(write('mine'));
});

it('whose answer gets lost is there once', async () => {
  fake.faults.set('lost-answer', { route: `POST ${ALL}`, times: 1 });
  const made = await github.comments.write(number, write('one'));
  expect(made.body).toBe(write('one'));
  expect(bodies()).toEqual([write('one')]);
});

it('that is too long is refused in the words of GitHub', async () => {
  await expect(github.comments.write(number, write('x'.repeat(70_000)))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('Body is too long (maximum is 65536 characters)') as string,
  });
});
