import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser, type Browser } from '../../controller/local/demo/browser.ts';
import { waitFor } from '../../controller/local/demo/mismatch.ts';

/** A visitor who never stops: pages and their files, one after the other, from the start to `close`. */
export interface Session {
  /** What went wrong: answers that were no 200, and files of another build than their page's. */
  readonly failures: readonly string[];
  readonly requests: number;
  /** Builds of the pages so far, each once, in the order in which they came. */
  readonly builds: readonly string[];
  /** Until pages are of that build. */
  until(build: string): Promise<void>;
  close(): Promise<void>;
}

const PAUSE_MILLISECONDS = 40;

interface State {
  readonly failures: string[];
  readonly builds: string[];
  requests: number;
  isOpen: boolean;
}

export function openSession(
  { edgeUrl, host }: { readonly edgeUrl: string; readonly host: string },
  paths: readonly string[],
): Session {
  const state: State = { failures: [], requests: 0, builds: [], isOpen: true };
  const browser = openBrowser(edgeUrl, host);
  const going = (async () => {
    for (let turn = 0; state.isOpen; turn++) {
      // A page that nobody has asked for yet is in no cache; nor has somebody new any cookie.
      const path = String(paths[turn % paths.length]).replace('{turn}', String(turn));
      await visit(turn % 3 === 0 ? openBrowser(edgeUrl, host) : browser, path, state);
      await sleep(PAUSE_MILLISECONDS);
    }
  })();
  return {
    get failures() {
      return state.failures;
    },
    get requests() {
      return state.requests;
    },
    get builds() {
      return state.builds;
    },
    until: async (build) => {
      await waitFor({
        what: 'The session',
        expected: `pages of ${build}`,
        seconds: 20,
        ask: async () => state.builds.at(-1),
        reached: (shown) => shown === build,
      });
    },
    close: async () => {
      state.isOpen = false;
      await going;
    },
  };
}

async function visit(browser: Browser, path: string, state: State): Promise<void> {
  const page = await browser.navigate(path);
  const [, build = 'none'] = /page of (\w+)/.exec(page.body.toString()) ?? [];
  state.requests += 1;
  if (page.status !== 200 || build === 'none') state.failures.push(`${page.status} ${path}`);
  if (state.builds.at(-1) !== build) state.builds.push(build);
  for (const file of ['/app.js', `/chunk-${build}.js`]) {
    const { status, body } = await browser.load(file);
    state.requests += 1;
    const text = body.toString();
    if (status !== 200 || !text.includes(`script of ${build}`)) {
      state.failures.push(`${status} ${file} of the page of ${build}: ${text.slice(0, 60)}`);
    }
  }
}
