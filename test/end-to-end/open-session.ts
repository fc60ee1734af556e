import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser, type Browser } from '../../controller/local/demo/browser.ts';
import { waitFor } from '../../controller/local/demo/mismatch.ts';

/** A visitor who never stops: pages and their files, one after the other, from the start to `close`. */
export interface Session {
  /** What went wrong: answers that were no 200, and files of another build than their page's. */
  readonly failures: readonly string[];
  /** Builds of the pages so far, each once, in the order in which they came. */
  readonly builds: readonly string[];
  /** Until pages are of that build. */
  until(build: string): Promise<void>;
  /** Until whoever is there has had each page and its files since now, and somebody new has, too. */
  goOn(): Promise<void>;
  close(): Promise<void>;
}

const PAUSE_MILLISECONDS = 40;

interface State {
  readonly failures: string[];
  readonly builds: string[];
  turns: number;
  isOpen: boolean;
}

/** Of three turns one is somebody new's. */
const NEW = 3;

/** `stays`: one page is open from the start on and goes on asking for its own file, whatever is released. */
export function openSession(
  { edgeUrl, host }: { readonly edgeUrl: string; readonly host: string },
  paths: readonly string[],
  stays = false,
): Session {
  const state: State = { failures: [], turns: 0, builds: [], isOpen: true };
  const browser = openBrowser(edgeUrl, host);
  const going = (async () => {
    const staying = stays ? await stay(openBrowser(edgeUrl, host), state) : async () => {};
    for (; state.isOpen; state.turns++) {
      const { turns } = state;
      // A page that nobody has asked for yet is in no cache; nor has somebody new any cookie.
      const path = String(paths[turns % paths.length]).replace('{turn}', String(turns));
      await visit(turns % NEW === 0 ? openBrowser(edgeUrl, host) : browser, path, state);
      await staying();
      await sleep(PAUSE_MILLISECONDS);
    }
  })();
  return {
    get failures() {
      return state.failures;
    },
    get builds() {
      return state.builds;
    },
    until: async (build) => {
      await waitFor({
        what: 'The session',
        expected: `pages of ${build}`,
        seconds: 60,
        ask: async () => state.builds.at(-1),
        reached: (shown) => shown === build,
      });
    },
    goOn: async () => {
      // The one that is under way may have begun before.
      const last = state.turns + 1 + NEW * paths.length;
      await waitFor({
        what: 'The session',
        expected: `turn ${last}`,
        seconds: 60,
        ask: async () => state.turns,
        reached: (turns) => turns >= last,
      });
    },
    close: async () => {
      state.isOpen = false;
      await going;
    },
  };
}

/** Opens a page and stays there; what it then does, time after time. */
async function stay(browser: Browser, state: State): Promise<() => Promise<void>> {
  const build = await visit(browser, '/', state);
  return () => loadFile(browser, { file: `/chunk-${build}.js`, build }, state);
}

async function visit(browser: Browser, path: string, state: State): Promise<string> {
  const page = await browser.navigate(path);
  const [, build = 'none'] = /page of (\w+)/.exec(page.body.toString()) ?? [];
  if (page.status !== 200 || build === 'none') state.failures.push(`${page.status} ${path}`);
  if (state.builds.at(-1) !== build) state.builds.push(build);
  for (const file of ['/app.js', `/chunk-${build}.js`]) {
    await loadFile(browser, { file, build }, state);
  }
  return build;
}

async function loadFile(
  browser: Browser,
  { file, build }: { readonly file: string; readonly build: string },
  state: State,
): Promise<void> {
  const { status, body } = await browser.load(file);
  const text = body.toString();
  if (status === 200 && text.includes(`script of ${build}`)) return;
  state.failures.push(`${status} ${file} of the page of ${build}: ${text.slice(0, 60)}`);
}
