import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adopt } from '../../controller/commands/adopt.ts';
import { build } from '../../controller/commands/build.ts';
import { eject } from '../../controller/commands/eject.ts';
import { reconcile } from '../../controller/commands/reconcile.ts';
import { rollback } from '../../controller/commands/rollback.ts';
import { waitFor } from '../../controller/local/demo/mismatch.ts';
import { full, tellSkipped } from '../depth.ts';
import { openScene, PLACE, TOLD, type Scene } from '../end-to-end/adoption.ts';
import { openSession, type Session } from '../end-to-end/open-session.ts';
import { createSeed } from '../end-to-end/seed.ts';
import { collectFailures } from './failures.ts';
import { CHROMIUM, noBrowser } from './stage.ts';

tellSkipped('adopt and eject under an open browser');

/**
 * Two people with browsers: one goes from page to page, the other has one page open all the time, which
 * goes on asking for a file of its own build.
 */
async function openTabs(at: { readonly edgeUrl: string; readonly host: string }): Promise<Session> {
  const url = `http://${at.host}:${new URL(at.edgeUrl).port}`;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const failures = collectFailures(url, ['/favicon.ico']);
  const people = await Promise.all([browser.newContext(), browser.newContext()]);
  for (const person of people) failures.watch(person);
  const [walking, staying] = await Promise.all(people.map((person) => person.newPage()));
  if (walking === undefined || staying === undefined) throw new Error('no tabs');
  const stays = await show(staying, url);
  const state = {
    requests: 0,
    builds: new Array<string>(),
    wrong: new Array<string>(),
    isOpen: true,
  };
  const check = (what: string, isFine: boolean) => {
    state.requests += 1;
    if (!isFine) state.wrong.push(what);
  };
  const going = (async () => {
    for (let turn = 0; state.isOpen; turn++) {
      const shown = await show(walking, url + ['/', '/some/page'][turn % 2]);
      if (state.builds.at(-1) !== shown) state.builds.push(shown);
      check(`a file of the page of ${shown}`, await loads(walking, shown));
      check(`a file of the page of ${stays} that is still open`, await loads(staying, stays));
    }
  })();
  const session = openSession(at, ['/'], true);
  return {
    get failures() {
      return [...state.wrong, ...failures.take(), ...session.failures];
    },
    builds: state.builds,
    async until(shown) {
      await session.until(shown);
      await waitFor({
        what: 'The browser',
        expected: `pages of ${shown}`,
        seconds: 60,
        ask: async () => state.builds.at(-1),
        reached: (last) => last === shown,
      });
    },
    async goOn() {
      const { requests } = state;
      await session.goOn();
      await waitFor({
        what: 'The browser',
        expected: 'another page, and files of both',
        seconds: 60,
        ask: async () => state.requests,
        // The one that is under way may have begun before; two more are each of the two pages.
        reached: (now) => now >= requests + 6,
      });
    },
    async close() {
      state.isOpen = false;
      await Promise.all([going, session.close()]);
      failures.close();
      await browser.close();
    },
  };
}

/** Opens the page until its script has run; the build that it is of. */
async function show(page: Page, url: string): Promise<string> {
  await page.goto(url);
  await page.waitForFunction(`document.title.endsWith(' runs')`);
  return (await page.title()).replace(' runs', '');
}

function loads(page: Page, number: string): Promise<boolean> {
  // As text: it is of the browser, whose types aren't ours.
  return page.evaluate(
    `fetch('/chunk-${number}.js', { cache: 'no-store' }).then(async (answer) =>
      answer.status === 200 && (await answer.text()).includes('script of'))`,
  );
}

describe.skipIf(!full || noBrowser)(
  'browsers that are open from before Headgate until after it',
  () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await openScene((setting) => createSeed(setting, ['1040', '1041']), openTabs);
    }, 300_000);
    afterAll(() => scene.close());

    it(
      'adopted, released to, taken back and ejected: nothing failed, and pages went on working',
      { timeout: 300_000 },
      async () => {
        const { session, run } = scene;
        const does = async (code: number, ...args: Parameters<Scene['run']>) => {
          const done = await run(...args);
          expect(done.code, done.said).toBe(code);
        };
        await session.until('1041');
        const asked = [
          '--distribution',
          scene.distribution,
          '--app',
          'shop',
          '--out',
          scene.policies,
        ];
        await does(0, adopt, ...asked, ...TOLD);
        await does(0, build, 'adopt', '1041', '1040', '--root', '/', ...PLACE);
        await does(0, reconcile);
        await session.goOn();
        await scene.release('1042', '1h');
        await does(0, reconcile);
        await session.until('1042');
        await session.goOn();
        await does(5, rollback, 'shop', 'prod');
        await session.until('1041');
        await session.goOn();
        await does(0, eject, 'shop', 'prod', '--apply');
        await session.goOn();
        await session.close();
        expect(session.failures).toEqual([]);
        expect(session.builds).toEqual(['1041', '1042', '1041']);
      },
    );
  },
);
