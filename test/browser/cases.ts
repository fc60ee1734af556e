import { ListInvalidationsCommand } from '@aws-sdk/client-cloudfront';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openBrowser } from '../../controller/local/demo/browser.ts';
import type { Case } from './case.ts';
import type { Stage } from './stage.ts';

/** What holds for every app whose code-split files are pooled. Promised in edge/README.md, by these names. */
export const SKEW_CASES: readonly Case[] = [
  stayOpen(),
  openTwoTabs(),
  comeBack(),
  installWorker(),
  preview(),
  watchEdge(),
];

/** The build whose code a page runs, after it has loaded more of it. */
async function useMore({ app }: Stage, page: Page): Promise<string> {
  await app.loadLazily(page);
  return app.readBuild(page);
}

function stayOpen(): Case {
  let ofA: Page;
  let ofB: Page;
  return {
    title: 'a page that stays open loads its own code over release and rollback',
    async before(stage) {
      ofA = await stage.open(await stage.visit());
      await stage.app.journey[0](ofA);
      expect(await stage.app.readBuild(ofA)).toBe(stage.a);
    },
    async released(stage) {
      await stage.app.journey[1](ofA);
      ofB = await stage.open(await stage.visit());
      await stage.app.journey[0](ofB);
      expect(await stage.app.readBuild(ofB)).toBe(stage.b);
    },
    async rolledBack(stage) {
      const { a, b, app, site } = stage;
      await app.journey[2](ofA);
      await app.journey[1](ofB);
      expect([await app.readBuild(ofA), await app.readBuild(ofB)]).toEqual([a, b]);
      // In the middle of a session of B: the page goes on, its next navigation is stable.
      await ofB.goto(site.url);
      expect(await app.readBuild(ofB)).toBe(a);
    },
  };
}

function openTwoTabs(): Case {
  let visitor: BrowserContext;
  let older: Page;
  let newer: Page;
  return {
    title: 'two tabs of one browser on two builds',
    async before(stage) {
      visitor = await stage.visit();
      older = await stage.open(visitor);
    },
    async released(stage) {
      newer = await stage.open(visitor);
      expect(await useMore(stage, older)).toBe(stage.a);
      expect(await useMore(stage, newer)).toBe(stage.b);
    },
    async rolledBack(stage) {
      const newest = await stage.open(visitor);
      expect(await useMore(stage, newer)).toBe(stage.b);
      expect(await useMore(stage, older)).toBe(stage.a);
      expect(await useMore(stage, newest)).toBe(stage.a);
    },
  };
}

function comeBack(): Case {
  let visitor: BrowserContext;
  /** Opens a tab, closes it, and says what the browser's cache was asked and what it got. */
  const openAgain = async (stage: Stage) => {
    const page = await visitor.newPage();
    const answer = page.waitForResponse((one) => one.request().isNavigationRequest());
    await stage.app.open(page, stage.site.url);
    const build = await useMore(stage, page);
    const asked = (await (await answer).request().allHeaders())['if-none-match'];
    const status = (await answer).status();
    await page.close();
    return { build, asked: asked !== undefined, status };
  };
  return {
    title: 'a visitor who returns with a stale cache',
    async before(stage) {
      visitor = await stage.visit();
      expect(await openAgain(stage)).toEqual({ build: stage.a, asked: false, status: 200 });
    },
    async released(stage) {
      expect(await openAgain(stage)).toEqual({ build: stage.b, asked: true, status: 200 });
    },
    async rolledBack(stage) {
      expect(await openAgain(stage)).toEqual({ build: stage.a, asked: true, status: 200 });
    },
  };
}

/** Wherever the browser takes the page from: many apps can't be kept in memory. */
export function goBack(): Case {
  let ofA: Page;
  let ofB: Page;
  /** Opens the site in the same tab, then goes back over all entries that the app made; what is shown in between. */
  const openAndGoBack = async ({ app, site }: Stage, page: Page) => {
    const countEntries = () => page.evaluate<number>('history.length');
    const entries = await countEntries();
    await app.open(page, `${site.url}/?next`);
    const between = await app.readBuild(page);
    const by = entries - (await countEntries());
    const arrived = page.waitForEvent('framenavigated');
    await page.evaluate(`history.go(${by})`);
    await arrived;
    return between;
  };
  return {
    title: 'back to a page of another build',
    async before(stage) {
      ofA = await stage.open(await stage.visit());
    },
    async released(stage) {
      ofB = await stage.open(await stage.visit());
      expect(await openAndGoBack(stage, ofA)).toBe(stage.b);
      expect(await useMore(stage, ofA)).toBe(stage.a);
    },
    async rolledBack(stage) {
      expect(await openAndGoBack(stage, ofB)).toBe(stage.a);
      expect(await useMore(stage, ofB)).toBe(stage.b);
    },
  };
}

function installWorker(): Case {
  let visitor: BrowserContext;
  let page: Page;
  /** Closes the tab and opens another one. */
  const reopen = async (stage: Stage) => {
    await page.close();
    page = await stage.open(visitor, stage.app.worker);
    return useMore(stage, page);
  };
  /**
   * It shows what it stored, until it has looked for its script: a navigation to the edge, which finds the release.
   * The browser looks some time after each page, so it may have found the new one before the tab is opened again.
   */
  const followTo = async (stage: Stage, expected: string) => {
    if ((await reopen(stage)) === expected) return;
    await stage.app.awaitNewWorker(page);
    expect(await reopen(stage)).toBe(expected);
  };
  return {
    title: 'a cache-first service worker',
    async before(stage) {
      visitor = await stage.visit({ serviceWorkers: 'allow' });
      page = await stage.open(visitor, stage.app.worker);
      expect(await useMore(stage, page)).toBe(stage.a);
    },
    async released(stage) {
      await followTo(stage, stage.b);
    },
    async rolledBack(stage) {
      await followTo(stage, stage.a);
    },
  };
}

function preview(): Case {
  let visitor: BrowserContext;
  let page: Page;
  let bystander: BrowserContext;
  /** What a script can read: the badge's cookie. */
  const readBadge = async () =>
    /hg_preview_build=([\w.-]+)/.exec(await page.evaluate('document.cookie'))?.[1];
  return {
    title: 'a preview in one browser profile only',
    async before(stage) {
      [visitor, bystander] = await Promise.all([stage.visit(), stage.visit()]);
      const link = await stage.site.preview(stage.b);
      page = await visitor.newPage();
      await stage.app.open(page, link.href);
      expect(page.url()).not.toContain('override');
      expect(await useMore(stage, page)).toBe(stage.b);
      expect(await readBadge()).toBe(stage.b);
      expect(await stage.app.readBuild(await stage.open(visitor))).toBe(stage.b);
      const other = await stage.open(bystander);
      expect(await useMore(stage, other)).toBe(stage.a);
    },
    async rolledBack(stage) {
      // It may show a quarantined build; nobody else gets it.
      await stage.app.open(page, stage.site.url);
      expect(await useMore(stage, page)).toBe(stage.b);
      const other = await stage.open(bystander);
      expect(await useMore(stage, other)).toBe(stage.a);
      await stage.app.open(page, `${stage.site.url}/?override_build_number=off`);
      expect(await useMore(stage, page)).toBe(stage.a);
      expect(await readBadge()).toBe(undefined);
    },
  };
}

function watchEdge(): Case {
  /** Where a new visitor's page comes from: `Hit` or `Miss`. */
  const navigate = async ({ site }: Stage) => {
    const { headers } = await openBrowser(site.cloud.edgeUrl, new URL(site.url).hostname).navigate(
      '/',
    );
    return String(headers['x-cache']).split(' ')[0];
  };
  return {
    title: 'pages come from the edge cache; pooled files run no function; nothing is invalidated',
    async before(stage) {
      await navigate(stage);
      expect(await navigate(stage)).toBe('Hit');
    },
    async released(stage) {
      await navigate(stage);
      expect(await navigate(stage)).toBe('Hit');
    },
    async rolledBack(stage) {
      // Also the first one: the build is part of the key, so nothing pushed A's pages out.
      expect(await navigate(stage)).toBe('Hit');
      const { site, app } = stage;
      for (const pattern of app.pool) {
        const { requests, viewerRequestRuns, viewerResponseRuns } =
          site.cloud.stats()[`${site.distribution} ${pattern}`] ?? {};
        expect(requests, pattern).toBeGreaterThan(0);
        expect([viewerRequestRuns, viewerResponseRuns], pattern).toEqual([0, 0]);
      }
      const list = new ListInvalidationsCommand({ DistributionId: site.distribution });
      const { InvalidationList } = await site.clients.cloudFront.send(list);
      expect(InvalidationList?.Quantity).toBe(0);
    },
  };
}
