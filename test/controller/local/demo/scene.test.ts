import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../../../controller/local/cloud.ts';
import { publish, runOnPolicies, waitForEdge } from '../../../../controller/local/demo/moves.ts';
import { type Scene, setScene } from '../../../../controller/local/demo/scene.ts';
import { full, missing } from '../../../depth.ts';

const CHROMIUM = '/usr/bin/chromium';
const absent = !existsSync(CHROMIUM) && missing('chromium', 'apt-get install chromium');

if (!full) {
  process.stderr.write(
    'SKIPPED: the storefront in a real browser. To run it: HEADGATE_DEPTH=full\n',
  );
}

describe.skipIf(!full || absent).each([
  ['in a pool', undefined],
  ['as complete trees', 'tree'],
] as const)('a real browser in the storefront on the local edge, with builds %s', (_, layout) => {
  let directory: string;
  let cloud: Cloud;
  let scene: Scene;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'headgate-scene-'));
    cloud = await startCloud({ directory: join(directory, 'cloud'), speed: 200 });
    const cli = [join(import.meta.dirname, '../../../../dist/cli.js')];
    const { signal } = new AbortController();
    scene = await setScene({
      cloud,
      cli,
      directory,
      speed: 200,
      builds: undefined,
      layout,
      signal,
    });
    await Promise.all([publish(scene, scene.a), publish(scene, scene.b)]);
    await scene.policies.nameBuild(scene.a.build);
    await runOnPolicies(scene, 'reconcile');
    await waitForEdge(scene, 1);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    address = `http://${scene.policies.host}:${new URL(cloud.edgeUrl).port}`;
  }, 300_000);

  afterAll(async () => {
    await browser.close();
    await cloud.close();
    await rm(directory, { recursive: true });
  });

  /** Walks from the front page through every lazily loaded route to the checkout. */
  async function walk(page: Page, query: string): Promise<void> {
    await page.goto(`${address}/${query}`);
    await page.getByRole('link', { name: 'River pot' }).click();
    await page.getByRole('button', { name: 'Add to basket' }).click();
    await page.getByRole('link', { name: 'See basket' }).click();
    await page.getByRole('link', { name: 'Check out' }).last().click();
  }

  it('walks through build A and places an order', async () => {
    const page = await browser.newPage();
    await walk(page, '');
    await page.getByText('€52.90').waitFor();
    await page.getByText('Build 1041').waitFor();
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByText('Your order is on its way').waitFor();
    // A deep link, reloaded: the edge answers with index.html.
    await page.goto(`${address}/products/oak-tray`);
    await page.getByRole('heading', { name: 'Oak tray' }).waitFor();
    await page.close();
  });

  it("previews build B, and meets its checkout's error", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const thrown = page.waitForEvent('pageerror');
    await walk(page, `?override_build_number=${scene.b.build}`);
    await page.getByRole('alert').waitFor();
    expect((await thrown).message).toContain("reading 'percent'");
    await page.getByText('Build 1042').waitFor();
    expect(await page.locator('html').getAttribute('data-look')).toBe('autumn');
    expect(page.url()).toBe(`${address}/checkout`);
    const elsewhere = await (await browser.newContext()).newPage();
    await elsewhere.goto(address);
    await elsewhere.getByText('Build 1041').waitFor();
    await context.close();
  });
});
