import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BrowserContext } from 'playwright-core';

/** Everything that went wrong for the visitors of a site. */
export interface Failures {
  /** Also counts what only this browser's pages know. */
  watch(context: BrowserContext): void;
  /** What went wrong, but for what was taken before; with `about`: what says so. */
  take(about?: string): readonly string[];
  close(): void;
}

const CODE = ['script', 'style', 'font', 'worker', 'sharedworker', 'serviceworker'];
const CODE_TYPES = ['script', 'stylesheet', 'font', 'fetch'];
const ANSWERED = 'http.server.response.finish';

/**
 * Counts on the wire, so that pages, shared workers and service workers are seen alike: every answer
 * of `site` from 400 on, and HTML where code was asked for. And in pages: code that didn't arrive or
 * was blocked, and uncaught errors. `expected`: paths that the app itself probes for.
 */
export function collectFailures(site: string, expected: readonly string[]): Failures {
  const { host } = new URL(site);
  let found: readonly string[] = [];
  const add = (what: string) => {
    found = [...found, what];
  };
  const onAnswer = (message: unknown) => {
    const { request, response } = message as Answered;
    if (request.headers.host !== host || expected.includes(String(request.url))) return;
    const dest = String(request.headers['sec-fetch-dest']);
    const type = String(response.getHeader('content-type'));
    if (response.statusCode >= 400) add(`${response.statusCode} ${request.url}`);
    else if (CODE.includes(dest) && type.startsWith('text/html')) add(`HTML ${request.url}`);
  };
  subscribe(ANSWERED, onAnswer);
  return {
    watch(context) {
      context.on('weberror', (error) => add(`error ${error.error().message}`));
      context.on('requestfailed', (request) => {
        const isOurs = new URL(request.url()).host === host;
        const error = request.failure()?.errorText;
        // Cancelled by the browser itself: a page that was left, a shared worker that runs already,
        // or an answer that was no good, which the wire has told.
        const isCancelled = error === 'net::ERR_ABORTED';
        if (!isOurs || isCancelled || !CODE_TYPES.includes(request.resourceType())) return;
        add(`${error} ${request.url()}`);
      });
    },
    take(about = '') {
      const taken = found.filter((what) => what.includes(about));
      found = found.filter((what) => !taken.includes(what));
      return taken;
    },
    close: () => unsubscribe(ANSWERED, onAnswer),
  };
}

/** What Node tells about every answer of a server of this process. */
interface Answered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}
