import type { GitHubRun } from '../core/github/run.ts';
import { escapeMarkdown } from '../core/report/markdown.ts';
import type { Context } from '../ports/context.ts';

/**
 * What went wrong at GitHub, once: it ends nothing and changes no exit code, so it must be seen elsewhere.
 * The runner reads commands from standard error as well (observed in its source, not documented).
 */
export async function tellProblem(
  { terminal }: Pick<Context, 'terminal'>,
  { runUrl }: Pick<GitHubRun, 'runUrl'>,
  problem: string,
): Promise<void> {
  const isInActions = runUrl !== undefined;
  terminal.note(
    isInActions
      ? `::warning title=Headgate at GitHub::${encode(problem)}`
      : `warning: GitHub: ${problem}`,
  );
  await terminal.summary(`\n- GitHub: ${escapeMarkdown(problem)}\n`);
}

/** As a workflow command wants it: it ends with its line. */
function encode(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
