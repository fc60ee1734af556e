import type { Page } from 'playwright-core';
import type { SiteOptions } from './site.ts';

type Step = (page: Page) => Promise<void>;

/** An app in two releases, and how to use it in a browser. */
export interface App extends SiteOptions {
  /** Paths that it asks for to find out whether they are there. */
  readonly probes: readonly string[];
  /** The page that registers its cache-first service worker. */
  readonly worker: string;
  /** Opens an address and waits until the app runs, and its service worker where it is to have one. */
  open(page: Page, url: string): Promise<void>;
  /** The build whose code the page runs, by the code itself. */
  readBuild(page: Page): Promise<string>;
  /** Until the page's service worker was replaced, or will be when the page is closed. */
  awaitNewWorker(page: Page): Promise<void>;
  /** What a person does in one page, step by step; each step loads code that the page didn't have. */
  readonly journey: readonly [Step, Step, Step];
  /** Loads code that the page didn't need so far; throws when it isn't of the page's own build. */
  loadLazily(page: Page): Promise<void>;
}
