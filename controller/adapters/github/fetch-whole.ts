/** What answered is no GitHub: a proxy, a login page, a wrong GITHUB_API_URL. */
export class ForeignAnswerError extends Error {
  override readonly name = 'ForeignAnswerError';
}

/** Answers that have no body by definition; `Response` takes none for them. */
const EMPTY = new Set([204, 205, 304]);

/**
 * `fetch` with the whole answer within the timeout. Octokit reads the body by itself, and takes one that
 * breaks off for an empty answer.
 */
export function createFetch(timeoutMilliseconds: number): typeof fetch {
  return async (url, options) => {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    try {
      const response = await fetch(url, { ...options, signal });
      const { status, statusText, headers } = response;
      const body = EMPTY.has(status) ? null : await response.arrayBuffer();
      if (response.ok && body !== null && !isJson(headers)) throw new ForeignAnswerError();
      return new Response(body, { status, statusText, headers });
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Error(`no answer within ${timeoutMilliseconds / 1000} s`, { cause: error });
    }
  };
}

function isJson(headers: Headers): boolean {
  return /^application\/([\w.-]+\+)?json\b/.test(headers.get('content-type') ?? '');
}
