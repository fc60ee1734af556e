import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeComment } from '../../../controller/show/preview-comment.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { startGitHub, type FakeGitHub } from '../../fakes/github/github.ts';
import { World } from '../../fakes/world.ts';
import { connectTo } from '../adapters/github/connect-to.ts';

const MARKER = '<!-- headgate:preview shop -->';
const URL_OF_RUN = 'https://github.com/acme/releases/actions/runs/7';

let fake: FakeGitHub;
let pullRequest: number;
let notes: string[];

beforeAll(async () => {
  fake = await startGitHub();
});
afterAll(() => fake.close());
beforeEach(() => {
  const head = `branch-${fake.state.pulls.length}`;
  fake.push(head, { 'src/basket.ts': 'export {};' });
  pullRequest = fake.openPullRequest({ head, title: 'A new basket' }).number;
  notes = [];
});

/** What the job of preview.yml gives its token, and no more. */
function permissionsOf(job: string): Readonly<Record<string, 'read' | 'write'>> {
  const file = new URL('../../../.github/workflows/preview.yml', import.meta.url);
  const { jobs } = parse(readFileSync(file, 'utf8')) as {
    jobs: Record<string, { permissions: Record<string, 'read' | 'write'> }>;
  };
  const { 'id-token': _, ...scopes } = jobs[job]?.permissions ?? {};
  const named = Object.entries(scopes).map(([scope, access]) => [
    scope.replaceAll('-', '_'),
    access,
  ]);
  return Object.fromEntries(named) as Record<string, 'read' | 'write'>;
}

async function write(text: string, job = 'link', onlyUpdate = false): Promise<void> {
  const token = fake.workflowToken(permissionsOf(job));
  const world = new World().context();
  const context: Context = {
    ...world,
    terminal: { ...world.terminal, note: (note) => void notes.push(note) },
    github: connectTo(fake, { GITHUB_TOKEN: token }),
  };
  const run = {
    repository: fake.repository,
    eventName: 'pull_request',
    sha: '',
    ref: '',
    runUrl: URL_OF_RUN,
    actor: 'ada',
    inputs: {},
  };
  const place = { run, pullRequest, commit: '0123456' };
  await writeComment(context, place, { marker: MARKER, body: `${MARKER}\n${text}`, onlyUpdate });
}

const bodies = () =>
  fake.state.comments.filter(({ issue }) => issue === pullRequest).map(({ body }) => body);

it('is one comment, put in its place by every push and by the clean-up', async () => {
  await write('first');
  fake.commentAs('mona', pullRequest, 'Looks good.');
  await write('second');
  expect(bodies()).toEqual([`${MARKER}\nsecond`, 'Looks good.']);
  await write('closed', 'clean-up', true);
  expect(bodies()).toEqual([`${MARKER}\nclosed`, 'Looks good.']);
  expect(notes).toEqual([]);
});

it('is written anew when a person deleted it, but not to say that it is gone', async () => {
  await write('first');
  const [comment] = fake.state.comments.filter(({ issue }) => issue === pullRequest);
  fake.deleteComment(comment?.id ?? 0);
  await write('closed', 'clean-up', true);
  expect(bodies()).toEqual([]);
  await write('second');
  expect(bodies()).toEqual([`${MARKER}\nsecond`]);
});

it('leaves the comment of a person alone who copied the marker', async () => {
  fake.commentAs('mona', pullRequest, `${MARKER}\nmine`);
  await write('first');
  expect(bodies()).toEqual([`${MARKER}\nmine`, `${MARKER}\nfirst`]);
});

it('is not written where the job may not, and one message names the permission', async () => {
  await write('first', 'publish');
  expect(bodies()).toEqual([]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^::warning .*pull request \d+: .*pull-requests: (read|write)/);
});

it('does not end a run when GitHub is down', async () => {
  await fake.down();
  await write('first');
  await fake.up();
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^::warning /);
});
