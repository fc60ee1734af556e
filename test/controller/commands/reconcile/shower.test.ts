import { expect, it } from 'vitest';
import { createShower } from '../../../../controller/commands/reconcile/shower.ts';
import { readRun } from '../../../../controller/core/github/run.ts';
import { sealPlanSet } from '../../../../controller/core/plan/plan.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { World } from '../../../fakes/world.ts';

const RUN = readRun({
  GITHUB_REPOSITORY: 'acme/releases',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_EVENT_NAME: 'push',
});
const planned = { set: sealPlanSet([]), failures: [], environments: [] };
const DONE = { exitCode: 0, outcomes: [], failures: [], planned } as const;

/** What is asked, each answer when the test says so. */
function watched() {
  const asked: string[] = [];
  const notes: string[] = [];
  const answers: (() => void)[] = [];
  const all = new World().context();
  const ofCommit = async (commit: string): Promise<never> => {
    asked.push(commit);
    await new Promise<void>((resolve) => answers.push(resolve));
    throw new Error('no answer');
  };
  const context: Context = {
    ...all,
    terminal: { ...all.terminal, note: (text) => void notes.push(text) },
    github: { ...all.github, pullRequests: { ...all.github.pullRequests, ofCommit } },
  };
  return { context, asked, notes, answers };
}

it('shows one run after the other while its caller goes on, and nothing of it throws', async () => {
  const { context, asked, notes, answers } = watched();
  const shower = createShower(context, { texts: [] }, { run: RUN, directory: 'policies' });
  shower.show(DONE);
  shower.show(DONE);
  for (const count of [1, 2]) {
    await expect.poll(() => asked.length).toBe(count);
    expect(answers).toHaveLength(count);
    answers.at(-1)?.();
  }
  await shower.ended();
  expect(notes).toHaveLength(2);
  expect(notes[0]).toContain('no answer');
});

it('asks nothing without --github', async () => {
  const { context, asked } = watched();
  const shower = createShower(context, { texts: [] }, { run: undefined, directory: 'policies' });
  shower.show(DONE);
  await shower.ended();
  expect(asked).toEqual([]);
});
