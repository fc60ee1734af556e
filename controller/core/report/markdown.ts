import type { Issue } from '../policy/issue.ts';
import { explainFailures, type Failure } from './failure.ts';

/** A zero-width space: what stands before and after it is no name, number or URL together any more. */
const BREAK = '&#8203;';

/**
 * Any text as itself, for a table cell, a list or a paragraph that something else begins: no mention, no
 * link, no tag, no new column or line. What stands between two backticks stays code, where GitHub looks
 * for neither; but for bars, which a cell and a paragraph read differently.
 *
 * Worked example: "see `a_b` by @team | <b>" becomes "see `a_b` by @&#8203;team \| &lt;b&gt;".
 */
export function escapeMarkdown(text: string): string {
  return flatten(text)
    .split(/(`[^`|]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : escapePlain(part)))
    .join('');
}

/** The same where Markdown isn't read: inside of a tag such as `<summary>`. */
export function escapeHtml(text: string): string {
  return breakNames(escapeTags(flatten(text))).replaceAll('"', '&quot;');
}

/** As code, whatever it is; a bar or a backtick in it becomes something that looks like it. */
export function toCode(text: string): string {
  const plain = flatten(text).replaceAll('`', "'").replaceAll('|', '¦').trim();
  return plain === '' ? '' : `\`${plain}\``;
}

/** Control characters, line breaks, and what turns the reading direction around. */
function flatten(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, (space) => (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(space) ? ' ' : space))
    .replaceAll(/\p{Cf}/gu, '');
}

function escapePlain(text: string): string {
  const marked = escapeTags(text).replaceAll(/[\\`*_[\]~|]/g, String.raw`\$&`);
  // GitHub reads $...$ as mathematics; a tag around it is its documented way out.
  return breakNames(marked).replaceAll('$', '<span>$</span>');
}

function escapeTags(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** GitHub looks for people, issues and URLs in the text that is left after all escapes are undone. */
function breakNames(text: string): string {
  return text
    .replaceAll(/@|#(?=\d)|GH-(?=\d)/gi, `$&${BREAK}`)
    .replaceAll(/:(?=\/\/)|www(?=\.)/gi, `$&${BREAK}`);
}

interface Problems {
  readonly issues: readonly Issue[];
  readonly failures: readonly Failure[];
}

/** What a job summary must not keep to itself: policies left out, subjects that could not be read. */
export function renderProblemsMarkdown(problems: Problems): string {
  const lines = listProblems(problems);
  if (lines.length === 0) return '';
  return ['', '### Problems', '', ...lines.map((line) => `- ${escapeMarkdown(line)}`), ''].join(
    '\n',
  );
}

/** One line each. */
export function listProblems({ issues, failures }: Problems): readonly string[] {
  return [
    ...issues.map(
      ({ file, line, column, message, example }) =>
        `${file}:${line}:${column}: ${message}. For example: \`${example}\``,
    ),
    ...explainFailures(failures),
  ];
}
