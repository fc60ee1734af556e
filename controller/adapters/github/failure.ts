import { ForeignAnswerError } from './fetch-whole.ts';

/** The parts of a failed request to GitHub that decide what it means. */
export interface Failure {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** GitHub's own, in one line and without its secrets. */
  readonly message: string;
  /** Node's code when the connection failed: `ECONNREFUSED`. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Who was asked: `api.github.com`. */
  readonly host: string;
  /** Something answered that is no GitHub. */
  readonly isForeign: boolean;
}

/** Tokens by their documented prefixes, and JWTs, which begin with `{"`: belt and braces, for GitHub quotes none. */
const SECRETS = /\b(gh[a-z]_[\w.-]+|github_pat_\w+|eyJ[\w-]+\.[\w-]+\.[\w-]+)/g;

const MESSAGE_LIMIT = 500;

/** undefined: it has nothing to do with a request. */
export function readFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('request' in error)) return undefined;
  const causes = causesOf(error);
  const isAnswered = fieldOf(error, 'response') !== undefined;
  const data = fieldOf(error, 'response', 'data');
  return {
    status: isAnswered ? Number(error.status) : 0,
    message: isAnswered ? describe(data) : clean(error.message),
    code: causes.map((cause) => textOf(fieldOf(cause, 'code'))).find((code) => code !== '') ?? '',
    headers: (fieldOf(error, 'response', 'headers') ?? {}) as Failure['headers'],
    host: hostOf(textOf(fieldOf(error, 'request', 'url'))),
    isForeign:
      causes.some((cause) => cause instanceof ForeignAnswerError) ||
      // A load balancer's 502 is a page, too, and means what it says.
      (isAnswered && Number(error.status) < 500 && textOf(data).trimStart().startsWith('<')),
  };
}

/** Documented: either kind is a 403 or a 429; the secondary is told by its message, or by `retry-after`. */
export function isLimit(failure: Failure): boolean {
  const { status, headers } = failure;
  if (status !== 403 && status !== 429) return false;
  return status === 429 || headers['x-ratelimit-remaining'] === '0' || isSecondary(failure);
}

export function isSecondary({ headers, message }: Pick<Failure, 'headers' | 'message'>): boolean {
  return headers['retry-after'] !== undefined || /secondary rate|abuse detection/i.test(message);
}

/** The message, with the fields that GitHub finds wrong: `Validation Failed (base: invalid)`. */
function describe(data: unknown): string {
  if (typeof data === 'string') return clean(data);
  const errors = fieldOf(data, 'errors');
  const details = Array.isArray(errors) ? errors.map(describeField) : [];
  const message = textOf(fieldOf(data, 'message')) || 'no message';
  return clean(details.length > 0 ? `${message} (${details.join('; ')})` : message);
}

function describeField(error: unknown): string {
  const message = typeof error === 'string' ? error : textOf(fieldOf(error, 'message'));
  if (message !== '') return message;
  return `${textOf(fieldOf(error, 'field'))}: ${textOf(fieldOf(error, 'code'))}`;
}

/** In one line, and not for ever. */
function clean(text: string): string {
  const line = text.replaceAll(SECRETS, '***').replaceAll(/\s+/g, ' ').trim();
  return line.length > MESSAGE_LIMIT ? `${line.slice(0, MESSAGE_LIMIT)}...` : line;
}

function causesOf(error: Error): readonly Error[] {
  const { cause } = error;
  return cause instanceof Error ? [error, ...causesOf(cause)] : [error];
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'GitHub';
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}
