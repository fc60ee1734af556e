import type * as z from 'zod';
import type { State, Token } from './state.ts';

export interface Call {
  readonly state: State;
  readonly token: Token;
  /** Decoded parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly accept: string;
}

export interface Answer {
  readonly status: number;
  /** undefined: none, as with 204. A string: as it is, for `application/vnd.github.raw+json`. */
  readonly body?: unknown;
}

/** One of GitHub's operations. */
export interface Endpoint {
  /** As the documentation writes it: `GET /repos/{owner}/{repo}/issues/{issue_number}/comments`. */
  readonly route: string;
  /** Any of them will do, as in `x-accepted-github-permissions`: `issues=write`. `app`: a JWT of an App. `user`: a person. */
  readonly needs: readonly string[];
  handle(call: Call, body: unknown): Answer;
}

/** Joins a route to what it does; the body is checked before. */
export function endpoint<Body>(
  route: string,
  needs: readonly string[],
  handle: (call: Call, body: Body) => Answer,
  schema?: z.ZodType<Body>,
): Endpoint {
  return {
    route,
    needs,
    handle(call, body) {
      if (schema === undefined) return handle(call, undefined as Body);
      const { data, error } = schema.safeParse(body);
      if (error === undefined) return handle(call, data);
      const [issue] = error.issues;
      throw new Refusal(422, `Invalid request.\n\n${issue?.path.join('.')}: ${issue?.message}.`);
    },
  };
}

/** What GitHub answers instead. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly object[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { readonly errors?: readonly object[]; readonly headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');

/** `422 Validation Failed`, with one of GitHub's error objects. */
export function invalid(resource: string, error: Readonly<Record<string, string>>): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource, ...error }] });
}

/** `?page=2&per_page=100` of a list; the Link header comes of `total`. */
export function pageOf<T>(all: readonly T[], { query }: Pick<Call, 'query'>): Page<T> {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100);
  const page = Number(query.get('page') ?? 1);
  return new Page(all.slice((page - 1) * size, page * size), page, Math.ceil(all.length / size));
}

export class Page<T> {
  readonly items: readonly T[];
  readonly page: number;
  readonly last: number;

  constructor(items: readonly T[], page: number, last: number) {
    this.items = items;
    this.page = page;
    this.last = last;
  }
}
