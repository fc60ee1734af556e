import type { Issue } from '../policy/issue.ts';
import { explainFailures, type Failure } from './failure.ts';

/** Plain text for a table cell or a list: `<dir>` is not a tag, a bar no column, a break no row. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll('<', '&lt;')
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s*\n\s*/g, ' ');
}

interface Problems {
  readonly issues: readonly Issue[];
  readonly failures: readonly Failure[];
}

/** What a job summary must not keep to itself: policies left out, subjects that could not be read. */
export function renderProblemsMarkdown({ issues, failures }: Problems): string {
  const lines = [
    ...issues.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`),
    ...explainFailures(failures),
  ];
  if (lines.length === 0) return '';
  return ['', '### Problems', '', ...lines.map((line) => `- ${escapeMarkdown(line)}`), ''].join(
    '\n',
  );
}
