import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build, type Plugin } from 'vite';
import type { App } from './app.ts';

const ROOT = join(import.meta.dirname, '../fixtures/skew');
const WORKERS = ['cache-first', 'network-first'];
const BUILDS = ['1041', '1042'];
/** Lazily loaded parts of it, pooled. */
const PAGES = ['Basket', 'Checkout', 'Account', 'Orders'];

/** Two releases of a small code-split app with both kinds of service worker: test/fixtures/skew. */
export async function buildSkewApp(directory: string): Promise<App> {
  const built = await Promise.all(BUILDS.map((release) => buildRelease(directory, release)));
  return {
    builds: Object.fromEntries(BUILDS.map((release, index) => [release, String(built[index])])),
    pool: ['/assets/*'],
    headers: {},
    probes: ['/favicon.ico'],
    worker: '/?worker=cache-first',
    async open(page, url) {
      await page.goto(url);
      await page.locator('html[data-build]').waitFor();
      if (url.includes('worker=')) await page.locator('html[data-worker]').waitFor();
    },
    readBuild: async (page) => String(await page.locator('html').getAttribute('data-build')),
    awaitNewWorker: (page) => page.locator('html[data-renewed]').waitFor(),
    journey: [loadLazily, loadLazily, loadLazily],
    loadLazily,
  };
}

async function loadLazily(page: Page): Promise<void> {
  const html = page.locator('html[data-build]');
  const seen = Number(await html.getAttribute('data-seen'));
  const name = String(PAGES[seen]);
  const said = await press(page, name);
  const expected = `${name.toLowerCase()} of ${await html.getAttribute('data-build')}`;
  if (said !== expected) throw new Error(`Expected ${expected}, got ${said}`);
}

/** Presses one of the page's buttons; returns what the part that it loads says. */
export async function press(page: Page, name: string): Promise<string | null> {
  await page.getByRole('button', { name, exact: true }).click();
  const main = page.locator('main:not(:empty)');
  await main.waitFor();
  return main.textContent();
}

async function buildRelease(directory: string, release: string): Promise<string> {
  const outDir = join(directory, release);
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    define: { __BUILD__: JSON.stringify(release) },
    plugins: [await emitOwnFiles(release)],
    build: {
      outDir,
      emptyOutDir: true,
      rolldownOptions: {
        output: {
          // A chunk with a hash in its name outside the pool: one that a team forgot.
          chunkFileNames: ({ name }) =>
            `${name === 'report' ? 'chunks' : 'assets'}/[name]-[hash].js`,
        },
      },
    },
  });
  return outDir;
}

/** Files without a hash in their name: settings, and service workers that know the build's entry. */
async function emitOwnFiles(release: string): Promise<Plugin> {
  const workers = WORKERS.map(async (name) => ({
    name,
    text: await readFile(join(ROOT, 'workers', `${name}.js`), 'utf8'),
  }));
  const sources = await Promise.all(workers);
  return {
    name: 'own-files',
    generateBundle(_options, bundle) {
      const emit = (fileName: string, source: string) =>
        this.emitFile({ type: 'asset', fileName, source });
      const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry);
      emit('settings.json', JSON.stringify({ build: release }));
      for (const { name, text } of sources) {
        const named = text.replace('__BUILD__', release);
        emit(`${name}.js`, named.replace('__ENTRY__', `/${entry?.fileName}`));
      }
    },
  };
}
