/** What the fast lane answers somebody who asked it. */
import { EXIT, type ExitCode } from '../errors.ts';

export interface Reply {
  /** `shop/prod`. */
  readonly subject: string;
  readonly outcome: string;
  readonly why: string;
  readonly evidence: readonly string[];
  readonly problem: string | undefined;
  readonly next: string | undefined;
  readonly exitCode: ExitCode;
}

const CODES: readonly unknown[] = Object.values(EXIT);

/** undefined: it is none, such as from a function that is something else, or older than this question. */
export function parseReplies(output: unknown): readonly Reply[] | undefined {
  const answers = fieldOf(output, 'answers');
  if (!Array.isArray(answers) || answers.length === 0) return undefined;
  const replies = (answers as readonly unknown[]).map(parseReply);
  return replies.every((reply) => reply !== undefined) ? replies : undefined;
}

function parseReply(answer: unknown): Reply | undefined {
  const [subject, outcome, why] = ['subject', 'outcome', 'why'].map((name) => textOf(answer, name));
  const exitCode = fieldOf(answer, 'exitCode');
  if (subject === undefined || outcome === undefined || why === undefined) return undefined;
  if (!CODES.includes(exitCode)) return undefined;
  const evidence = fieldOf(answer, 'evidence');
  return {
    subject,
    outcome,
    why,
    evidence: Array.isArray(evidence) ? evidence.map(String) : [],
    problem: textOf(answer, 'problem'),
    next: textOf(answer, 'next'),
    exitCode: exitCode as ExitCode,
  };
}

/** For people. */
export function renderReplies(replies: readonly Reply[]): string {
  return replies.flatMap(renderReply).join('\n');
}

function renderReply(reply: Reply): readonly string[] {
  const { subject, outcome, why, evidence, problem, next } = reply;
  return [
    `${subject}  ${outcome.replace('-', ' ')}: ${why}`,
    ...evidence.map((line) => `  ${line}`),
    ...(problem === undefined ? [] : [`  not finished: ${problem}`]),
    ...(next === undefined ? [] : [`  ${next}`]),
  ];
}

function textOf(value: unknown, name: string): string | undefined {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
