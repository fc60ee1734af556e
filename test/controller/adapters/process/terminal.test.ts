import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTerminal } from '../../../../controller/adapters/process/terminal.ts';

function open(isTTY: boolean, summaryFile?: string, isWorkflow = false) {
  const written = { output: '', error: '' };
  let now = 0;
  const terminal = createTerminal({
    output: { write: (text: string) => (written.output += text) },
    error: { isTTY, columns: 20, write: (text: string) => (written.error += text) },
    summaryFile,
    isWorkflow,
    now: () => now,
  });
  return { terminal, written, wait: (milliseconds: number) => (now += milliseconds) };
}

it('keeps results apart from remarks, and prints no line for an empty result', () => {
  const { terminal, written } = open(false);
  terminal.print('');
  terminal.print('result');
  terminal.note('remark');
  expect(written).toEqual({ output: 'result\n', error: 'remark\n' });
  expect(terminal.interactive).toBe(false);
});

it("keeps other people's lines from being commands of a workflow, and ours as they are", () => {
  const hostile = 'file a\n  ::add-mask::shop\r\n::stop-commands::x\nb ##[add-mask]shop';
  const { terminal, written } = open(false, undefined, true);
  terminal.note(hostile);
  terminal.print(hostile);
  for (const text of [written.error, written.output]) {
    expect(text).not.toMatch(/^\s*::|##\[/m);
    expect(text.replaceAll('\u200B', '')).toBe(`${hostile}\n`);
  }
  terminal.note('::warning::one%0Atwo');
  expect(written.error.endsWith('\n::warning::one%0Atwo\n')).toBe(true);
  const outside = open(false);
  outside.terminal.note(hostile);
  expect(outside.written.error).toBe(`${hostile}\n`);
});

describe('progress', () => {
  it('rewrites one line on a terminal, cut to its width, and clears it for what follows', () => {
    const { terminal, written, wait } = open(true);
    terminal.progress('one');
    terminal.progress('too soon');
    wait(100);
    terminal.progress('twenty-one characters');
    terminal.note('remark');
    terminal.print('result');
    expect(written.error).toBe('\r\u001b[Kone\r\u001b[Ktwenty-one characte\r\u001b[Kremark\n');
    expect(written.output).toBe('result\n');
  });

  it('is a plain line now and then in a log, none for short work', () => {
    const { terminal, written, wait } = open(false);
    terminal.progress('one');
    wait(5000);
    terminal.progress('two, which is longer than the line of a terminal');
    wait(100);
    terminal.progress('three');
    expect(written.error).toBe('two, which is longer than the line of a terminal\n');
  });
});

it('adds to the job summary of GitHub Actions, and only there', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-summary-'));
  const file = join(directory, 'summary.md');
  await open(false).terminal.summary('nowhere');
  const { terminal } = open(false, file);
  await terminal.summary('# one');
  await terminal.summary('# two');
  expect(await readFile(file, 'utf8')).toBe('# one\n# two\n');
  await rm(directory, { recursive: true });
});
