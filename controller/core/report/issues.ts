import type { Issue } from '../policy/issue.ts';

/** `file:line:column: what is wrong`, and below it, indented, what could stand there. */
export function renderIssues(issues: readonly Issue[]): string {
  return issues
    .map(({ file, line, column, message, example }) => {
      const shown = example.split('\n').join('\n         ');
      return `${file}:${line}:${column}: ${message}\n    e.g. ${shown}`;
    })
    .join('\n');
}

/** Workflow commands of GitHub Actions: each issue at its line in the pull request. */
export function renderAnnotations(issues: readonly Issue[]): string {
  return issues
    .map(({ file, line, column, message, example }) => {
      const place = `file=${escapeProperty(file)},line=${line},col=${column}`;
      return `::error ${place}::${escapeData(`${message}\ne.g. ${example}`)}`;
    })
    .join('\n');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
