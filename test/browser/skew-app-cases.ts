import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { press } from './skew-app.ts';

/** What needs an app made for it: files outside the pool, pinned URLs, two kinds of service worker. */
export const SKEW_APP_CASES: readonly Case[] = [
  installNetworkFirst(),
  takeOverOpenPage(),
  loadUnpooled(),
  goBackInMemory(),
  goBackWithoutMemory(),
];

function installNetworkFirst(): Case {
  const path = '/?worker=network-first';
  let page: Page;
  return {
    title: 'a network-first service worker',
    async before(stage) {
      page = await stage.open(await stage.visit({ serviceWorkers: 'allow' }), path);
      expect(await stage.app.readBuild(page)).toBe(stage.a);
    },
    async released({ app, site, a, b }) {
      await app.loadLazily(page);
      expect(await app.readBuild(page)).toBe(a);
      // Through the worker, and at once; a deep link, too: the navigation reaches the edge as one.
      await app.open(page, `${site.url}/deep/link`);
      expect(await app.readBuild(page)).toBe(b);
    },
    async rolledBack({ app, site, a, b }) {
      await app.loadLazily(page);
      expect(await app.readBuild(page)).toBe(b);
      await app.open(page, site.url + path);
      expect(await app.readBuild(page)).toBe(a);
    },
  };
}

function takeOverOpenPage(): Case {
  let visitor: BrowserContext;
  let page: Page;
  return {
    title: "a new service worker takes over an open page and forgets its build's files",
    async before(stage) {
      visitor = await stage.visit({ serviceWorkers: 'allow' });
      page = await stage.open(visitor, stage.app.worker);
    },
    async released(stage) {
      const other = await stage.open(visitor, stage.app.worker);
      await stage.app.awaitNewWorker(page);
      await other.close();
      await stage.app.loadLazily(page);
      expect(await stage.app.readBuild(page)).toBe(stage.a);
    },
  };
}

function loadUnpooled(): Case {
  let visitor: BrowserContext;
  let older: Page;
  let newer: Page;
  return {
    title: 'files outside the pool',
    async before(stage) {
      visitor = await stage.visit();
      older = await stage.open(visitor);
    },
    async released({ open, a, b, failures }) {
      // Its build is kept, and it is the page that was opened last.
      expect(await press(older, 'Settings')).toBe(`settings of ${a}`);
      newer = await open(visitor);
      // Not promised: now they follow the newer page. Whose hash is in the name, they are not there.
      expect(await press(older, 'Settings')).toBe(`settings of ${b}`);
      expect(await press(older, 'Report')).toBe('failed');
      const lost = failures.take('report-');
      expect(lost).toContainEqual(expect.stringMatching(/^404 /));
      expect(lost).toContainEqual(expect.stringMatching(/^error .* imported module/));
      // Promised: pinned, they are the page's own.
      expect(await press(older, 'Pinned')).toBe(`settings of ${a}`);
      expect(await press(newer, 'Pinned')).toBe(`settings of ${b}`);
      expect(await press(newer, 'Report')).toBe(`report of ${b}`);
    },
    async rolledBack({ site, failures, a, b }) {
      // A quarantine is for navigations: the open page of B gets its own files.
      expect(await press(newer, 'Pinned')).toBe(`settings of ${b}`);
      const page = await visitor.newPage();
      const navigate = async (build: string) =>
        (await page.goto(`${site.url}/_headgate/b/${build}/settings.json`))?.status();
      expect(await navigate(a)).toBe(200);
      expect(await navigate(b)).toBe(404);
      expect(failures.take(`/b/${b}/`)).toHaveLength(1);
    },
    async forgotten({ failures, b }) {
      expect(await press(newer, 'Pinned')).toBe('failed');
      expect(failures.take(`/b/${b}/`)).toHaveLength(2);
      // Nothing leaves the pool.
      expect(await press(newer, 'Basket')).toBe(`basket of ${b}`);
    },
  };
}

function goBackInMemory(): Case {
  let page: Page;
  const isRestored = async () =>
    (await page.locator('html[data-build]').getAttribute('data-persisted')) === 'true';
  return {
    title: 'back and forward in the back/forward cache',
    async before(stage) {
      page = await stage.open(await stage.visit());
      await stage.app.loadLazily(page);
    },
    async released({ app, site, a, b }) {
      await app.open(page, `${site.url}/?next`);
      expect(await app.readBuild(page)).toBe(b);
      await page.goBack({ waitUntil: 'commit' });
      expect(await isRestored()).toBe(true);
      await app.loadLazily(page);
      expect(await app.readBuild(page)).toBe(a);
    },
    async rolledBack({ app, a, b }) {
      await page.goForward({ waitUntil: 'commit' });
      expect(await isRestored()).toBe(true);
      await app.loadLazily(page);
      expect(await app.readBuild(page)).toBe(b);
      await page.reload();
      await app.loadLazily(page);
      expect(await app.readBuild(page)).toBe(a);
    },
  };
}

function goBackWithoutMemory(): Case {
  let page: Page;
  return {
    title: 'back to a page that the browser shows from its cache without asking',
    async before(stage) {
      page = await stage.open(await stage.visit(), '/?unload');
    },
    async released({ app, site, a, b }) {
      await app.open(page, `${site.url}/?next`);
      expect(await app.readBuild(page)).toBe(b);
      await page.goBack();
      const html = page.locator('html[data-build]');
      expect(await html.getAttribute('data-persisted')).toBe('false');
      await app.loadLazily(page);
      expect(await app.readBuild(page)).toBe(a);
    },
  };
}
