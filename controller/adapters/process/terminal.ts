import { appendFile } from 'node:fs/promises';
import type { Terminal } from '../../ports/terminal.ts';

/** The part of a stream this needs. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface TerminalOptions {
  readonly output: Output;
  readonly error: Output;
  /** GITHUB_STEP_SUMMARY. */
  readonly summaryFile: string | undefined;
  /** GitHub's runner reads both streams, and carries out what looks like a command of a workflow. */
  readonly isWorkflow: boolean;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Milliseconds between progress lines: as often as an eye follows, or as a log can bear. */
const PAUSE = { terminal: 100, log: 5000 };

const OF_THIS_PROCESS: TerminalOptions = {
  output: process.stdout,
  error: process.stderr,
  summaryFile: process.env['GITHUB_STEP_SUMMARY'],
  isWorkflow: process.env['GITHUB_ACTIONS'] === 'true',
};

const CLEAR_LINE = '\r\u001b[K';

export function createTerminal(options: TerminalOptions = OF_THIS_PROCESS): Terminal {
  const { output, error, summaryFile, isWorkflow, now = Date.now } = options;
  const shown = (text: string): string => (isWorkflow ? disarm(text) : text);
  const interactive = error.isTTY === true;
  let progressShown = false;
  let nextProgress = now() + (interactive ? 0 : PAUSE.log);

  /** The progress line is the last one on the screen, wherever the next text goes. */
  const clearProgress = (): void => {
    if (progressShown) error.write(CLEAR_LINE);
    progressShown = false;
  };

  return {
    interactive,
    print(text) {
      clearProgress();
      if (text !== '') output.write(`${shown(text)}\n`);
    },
    note(text) {
      clearProgress();
      error.write(`${shown(text)}\n`);
    },
    progress(text) {
      if (now() < nextProgress) return;
      nextProgress = now() + (interactive ? PAUSE.terminal : PAUSE.log);
      // A line that wraps could not be cleared.
      const line = text.slice(0, (error.columns ?? 80) - 1);
      error.write(interactive ? `${CLEAR_LINE}${line}` : `${shown(text)}\n`);
      progressShown = interactive;
    },
    async summary(markdown) {
      if (summaryFile) await appendFile(summaryFile, `${markdown}\n`);
    },
  };
}

/**
 * A text that begins as a command is one of ours, with its data escaped. In any other, file names, reasons
 * and alarms are somebody's: a line of them must not become `::add-mask::`, nor, in the older form, any part of
 * one `##[add-mask]` (observed in the runner's source). A zero-width space keeps it readable.
 */
function disarm(text: string): string {
  if (text.startsWith('::')) return text;
  return text.replaceAll(/^(\s*):(?=:)|##(?=\[)/gm, '$&\u200B');
}
