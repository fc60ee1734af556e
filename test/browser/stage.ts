import { existsSync } from 'node:fs';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { missing } from '../depth.ts';
import type { App } from './app.ts';
import { collectFailures, type Failures } from './failures.ts';
import { openSite, type Site } from './site.ts';

export const CHROMIUM = '/usr/bin/chromium';
/** No page lives long enough for the optimising compilers to pay. */
const UNOPTIMISED = '--js-flags=--no-opt --no-maglev --liftoff-only';

/** Of each wait, which says what it was for: pages of a large app take long on a machine that has much else to do. */
const PATIENCE = 60_000;

/** True, said loudly, where there is no browser to test with. */
export const noBrowser = !existsSync(CHROMIUM) && missing('chromium', 'apt-get install chromium');

/** An app on its site, a real browser, and what went wrong. */
export interface Stage {
  readonly app: App;
  readonly site: Site;
  /** The stable build. */
  readonly a: string;
  /** The next one. */
  readonly b: string;
  readonly failures: Failures;
  /** Another visitor: cookies, caches and service workers of their own. */
  visit(options?: { readonly serviceWorkers: 'allow' | 'block' }): Promise<BrowserContext>;
  /** A tab of that visitor with the app running in it. */
  open(visitor: BrowserContext, path?: string): Promise<Page>;
  close(): Promise<void>;
}

/** Publishes both builds of the app; nothing is released yet. */
export async function setStage(app: App): Promise<Stage> {
  const [a = '', b = ''] = Object.keys(app.builds);
  const launching = chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', UNOPTIMISED],
    // Playwright switches it off; people have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  const site = await openSite(app);
  const browser = await launching;
  const failures = collectFailures(site.url, app.probes);
  return {
    app,
    site,
    a,
    b,
    failures,
    async visit({ serviceWorkers } = { serviceWorkers: 'block' }) {
      // Nothing here is about animations, and they cost a tenth of the time.
      const context = await browser.newContext({ serviceWorkers, reducedMotion: 'reduce' });
      context.setDefaultTimeout(PATIENCE);
      failures.watch(context);
      return context;
    },
    async open(visitor, path = '/') {
      const page = await visitor.newPage();
      await app.open(page, site.url + path);
      return page;
    },
    async close() {
      await browser.close();
      failures.close();
      await site.close();
    },
  };
}
