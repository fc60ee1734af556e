import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeSnippet } from '../../edge/build-beacon.ts';
import type { Route } from '../../edge/contract/route.ts';
import { full, tellSkipped } from '../depth.ts';
import { route as usual } from '../vectors/edge.ts';
import { CHROMIUM, noBrowser } from './stage.ts';
import { openWatchedSite, type WatchedSite } from './watched-site.ts';

tellSkipped('the beacon in a real browser');

const CANARY = '1043';
/** Everybody is in the canary. */
const route: Route = {
  ...usual,
  spa: 0,
  beacon: 1,
  canary: { build: [CANARY, ''], weight: 10_000, salt: 7 },
  pool: { include: [], exclude: [] },
};
/** A second, and what a slow machine needs. */
const QUIET = 3500;
/** Tenths of a second for a report that is late. */
const WAITS = 300;
/** A machine that stands still for a second can make a page seem well before its error is there: then another visitor. */
const VISITS = 3;
type Act = (page: Page) => Promise<unknown>;

const shown = '<h1>Shop</h1>';
const ELSEWHERE =
  '<img src=/gone.png><link rel=icon href=/gone.ico><script src="http://other.localhost:9/ads.js"></script>';
/** Bodies of pages, each with the beacon in its head. */
const BODIES = {
  quiet: shown,
  image: '<svg width=20 height=20></svg>',
  element:
    '<shop-app></shop-app><script>customElements.define("shop-app",class extends HTMLElement{constructor(){super();this.attachShadow({mode:"open"}).innerHTML="x"}})</script>',
  late: '<div id=root></div><script>setTimeout(()=>root.textContent="Shop",1500)</script>',
  error: `${shown}<script>undefined.x</script>`,
  often: `${shown}<script>for(let i=0;i<9;i++)setTimeout(()=>{throw i})</script>`,
  timer: `${shown}<script>setTimeout(()=>{throw new Error("late")},2000)</script>`,
  rejection: `${shown}<script>Promise.reject(new Error("no"))</script>`,
  odd: `${shown}<script>Promise.reject();Promise.reject(Symbol("x"));Promise.reject({get name(){throw 1}})</script>`,
  script: `${shown}<script src=/assets/gone.js></script>`,
  style: `${shown}<link rel=stylesheet href=/assets/gone.css>`,
  chunk: `${shown}<script type=module>await import("/assets/gone.js")</script>`,
  lazy: `${shown}<script>import("/assets/gone.js")</script>`,
  webpack: `${shown}<script>Promise.reject(Object.assign(new Error("Loading chunk 5 failed."),{name:"ChunkLoadError"}))</script>`,
  both: `${shown}<script>Promise.reject(1);setTimeout(()=>{throw 1},500)</script>`,
  blank: '<div id=root></div>',
  pixel: '<div id=root></div><img width=1 height=1 src=/pixel.svg><noscript>Please</noscript>',
  swallowed: '<div id=root></div><script>try{undefined.x}catch{}</script>',
  aborted: `${shown}<script>const a=new AbortController;fetch("/quiet",{signal:a.signal});a.abort()</script>`,
  harmless: `${shown}${ELSEWHERE}<script>dispatchEvent(new ErrorEvent("error",{message:"Script error."}));dispatchEvent(new ErrorEvent("error",{message:"ResizeObserver loop completed with undelivered notifications."}));dispatchEvent(new ErrorEvent("error",{message:"x",filename:"chrome-extension://abc/x.js"}))</script>`,
  wrapped: `<script>window.fetch=()=>{throw new Error("wrapped")}</script>${shown}`,
  hanging: `${shown}<script>setTimeout(()=>{for(;;);},0)</script>`,
};
type Name = keyof typeof BODIES;

describe.skipIf(!full || noBrowser)('the beacon in a real browser', () => {
  let browser: Browser;
  let site: WatchedSite;

  beforeAll(async () => {
    const [beacon, openTab] = await Promise.all([
      composeSnippet('beacon'),
      composeSnippet('open-tab'),
    ]);
    const html = (body: string, head = '') => ({
      type: 'text/html',
      body: `<!doctype html><html><head><script>${beacon}</script>${head}</head><body>${body}</body></html>`,
    });
    const policy = (allowed: string) =>
      `<meta http-equiv=Content-Security-Policy content="${allowed}; script-src 'unsafe-inline'">`;
    const pages = Object.entries(BODIES).map(([name, body]) => [`/${name}`, html(body)] as const);
    site = await openWatchedSite(route, {
      ...Object.fromEntries(pages),
      '/images-only': html(shown, policy("default-src 'none'; img-src 'self'")),
      '/fetch-only': html(shown, policy("default-src 'none'; connect-src 'self'")),
      '/tab': { type: 'text/html', body: `<title>tab</title><script>${openTab}</script>` },
      '/pixel.svg': { type: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' },
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  let visitors = 0;
  /** Kinds of the lines of one visitor, who opens a page and does something there; waits for those that are missing. */
  async function visit(path: string, wanted: string, act: Act): Promise<string> {
    const slot = ++visitors;
    const context = await browser.newContext();
    await context.addCookies([{ name: 'hg_slot', value: String(slot), url: site.url }]);
    const page = await context.newPage();
    await page.goto(`${site.url}/${path}`, { waitUntil: 'commit' });
    await act(page);
    const own = () => site.lines.filter((line) => line.slot === slot);
    // A report that leaving cut off is sent once more.
    const kinds = () => [...new Set(own().map(({ kind }) => kind))].join('');
    const isMissing = () => wanted !== kinds() && wanted.startsWith(kinds());
    for (let waits = 0; waits < WAITS && isMissing(); waits++) await page.waitForTimeout(100);
    await context.close();
    expect(own().every(({ arm, build }) => arm === 'canary' && build === CANARY)).toBe(true);
    return kinds();
  }

  async function expectKinds(
    path: string,
    wanted: string,
    act: Act = (page) => page.waitForTimeout(QUIET),
  ): Promise<void> {
    let kinds = '';
    for (let visits = 0; visits < VISITS && kinds !== wanted; visits++)
      kinds = await visit(path, wanted, act);
    expect(kinds).toBe(wanted);
  }

  describe.concurrent('says what a page met', () => {
    it.each<readonly [Name | 'images-only' | 'fetch-only', string]>([
      ['quiet', 'no'],
      ['image', 'no'],
      ['element', 'no'],
      ['late', 'no'],
      ['error', 'ne'],
      ['often', 'ne'],
      ['timer', 'noe'],
      ['rejection', 'nr'],
      ['odd', 'nr'],
      ['script', 'nc'],
      ['style', 'nc'],
      ['chunk', 'nc'],
      ['lazy', 'nc'],
      ['webpack', 'nc'],
      ['both', 'nre'],
      ['blank', 'n'],
      ['pixel', 'n'],
      ['swallowed', 'n'],
      ['hanging', 'n'],
      ['aborted', 'no'],
      ['harmless', 'no'],
      ['wrapped', 'no'],
      ['images-only', 'no'],
      ['fetch-only', 'no'],
    ])('%s: %s', async (name, kinds) => {
      await expectKinds(name, kinds);
    });

    it.each([
      ['quiet', 'no'],
      ['blank', 'n'],
      ['error', 'ne'],
    ])('%s, left at once: %s', async (name, kinds) => {
      const leave = async (page: Page) => {
        await page.waitForLoadState();
        await page.goto('about:blank');
        await page.waitForTimeout(300);
      };
      await expectKinds(name, kinds, leave);
    });
  });

  it('speaks of a first visitor under the slot that they keep', async () => {
    const before = site.lines.length;
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${site.url}/error`);
    await expect.poll(() => site.lines.length).toBe(before + 2);
    const [seen, told] = site.lines.slice(before);
    expect(told).toEqual({ ...seen, kind: 'e' });
    await page.context().close();
  });

  it('an open tab hears of a release, then of the rollback, each once', async () => {
    site.route = { ...route, stable: ['1042', ''], kept: [], barred: [] };
    const page = await (await browser.newContext()).newPage();
    await page.clock.install();
    await page.addInitScript(
      'addEventListener("headgate:tab",(e)=>(window.told??=[]).push(e.detail))',
    );
    await page.goto(`${site.url}/tab`);
    const next = async () => {
      const answer = page.waitForResponse('**/_headgate/build');
      await page.clock.runFor(60_000);
      await (await answer).finished();
      return page.evaluate<unknown>(
        'new Promise((done)=>queueMicrotask(()=>done(window.told??[])))',
      );
    };
    expect(await next()).toEqual([]);
    const { canary: _canary, ...released } = {
      ...site.route,
      gen: 58,
      stable: ['1044', ''] as const,
    };
    site.route = { ...released, kept: [[CANARY, '']] };
    const replaced = { state: 'replaced', build: CANARY };
    await expect.poll(next).toEqual([replaced]);
    site.route = { ...site.route, gen: 59, barred: [CANARY] };
    const quarantined = { state: 'quarantined', build: CANARY };
    await expect.poll(next).toEqual([replaced, quarantined]);
    expect(await next()).toEqual([replaced, quarantined]);
    site.route = route;
    await page.context().close();
  });
});
