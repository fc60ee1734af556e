import { expect, it } from 'vitest';
import { tellProblem } from '../../../controller/show/tell-problem.ts';

async function tell(runUrl: string | undefined) {
  const notes: string[] = [];
  const summaries: string[] = [];
  const terminal = {
    interactive: false,
    print: () => {},
    progress: () => {},
    note: (text: string) => void notes.push(text),
    summary: async (text: string) => void summaries.push(text),
  };
  await tellProblem({ terminal }, { runUrl }, '100 % down\n  next: wait, @team');
  return { notes, summaries };
}

it('in a workflow a problem is one warning that keeps its lines, and is in the job summary', async () => {
  const { notes, summaries } = await tell('https://github.com/acme/releases/actions/runs/7');
  expect(notes).toEqual(['::warning title=Headgate at GitHub::100 %25 down%0A  next: wait, @team']);
  expect(summaries.join()).toContain('100 % down');
  expect(summaries.join()).not.toContain(' @team');
});

it('elsewhere it is for people', async () => {
  const { notes } = await tell(undefined);
  expect(notes).toEqual(['warning: GitHub: 100 % down\n  next: wait, @team']);
});
