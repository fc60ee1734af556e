import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { fetchPackage } from '../fetch-package.ts';
import type { App } from './app.ts';

const RELEASES = ['26.8.0', '26.9.0'];
const CHUNKS = '/static/js/';
/** So many of its chunks at a time are what "more code" is. */
const CHUNKS_AT_ONCE = 4;

/** Two releases of Actual Budget's web app from the registry: code-split, with a Workbox service worker. */
export async function fetchActual(directory: string): Promise<App> {
  const built = await Promise.all(
    RELEASES.map(async (release) =>
      join(await fetchPackage(directory, `@actual-app/web@${release}`), 'build'),
    ),
  );
  const chunks = await Promise.all(built.map(listChunks));
  const entries = await Promise.all(built.map(readEntry));
  const readEntryOf = async (page: Page) =>
    entries.indexOf(await page.locator('script[type=module]').first().getAttribute('src'));
  return {
    builds: Object.fromEntries(RELEASES.map((release, index) => [release, String(built[index])])),
    pool: ['/static/*', '/kcab/*', '/workbox-*.js'],
    headers: readHeaders(await readFile(join(String(built[0]), '_headers'), 'utf8')),
    // Is there a sync server? There is none.
    probes: ['/account/needs-bootstrap'],
    worker: '/?installed',
    async open(page, url) {
      await page.goto(url);
      await waitForStart(page);
      if (url.endsWith('?installed'))
        await page.evaluate('navigator.serviceWorker.ready.then(() => {})');
    },
    readBuild: async (page) => String(RELEASES[await readEntryOf(page)]),
    awaitNewWorker: (page) => page.evaluate(WAIT_FOR_WAITING_WORKER),
    journey: [
      (page) => follow(page, 'Try the demo', 'All accounts'),
      (page) => follow(page, 'Reports', 'Net Worth'),
      (page) => follow(page, 'Bank of America', 'Kroger'),
    ],
    async loadLazily(page) {
      await waitForStart(page);
      const mine = chunks[await readEntryOf(page)] ?? [];
      await page.evaluate(importMore(mine));
    },
  };
}

async function listChunks(directory: string): Promise<readonly string[]> {
  const names = await readdir(join(directory, CHUNKS));
  return names.filter((name) => name.endsWith('.chunk.js')).map((name) => CHUNKS + name);
}

async function readEntry(directory: string): Promise<string | null> {
  const html = await readFile(join(directory, 'index.html'), 'utf8');
  return /<script type="module"[^>]* src="([^"]+)"/.exec(html)?.[1] ?? null;
}

/** What a `_headers` file asks for on every path; Actual's other blocks repeat that, or name a type that `publish` knows. */
function readHeaders(text: string): Readonly<Record<string, string>> {
  const [, block = ''] = /^\/\*\n((?: +.*\n)+)/m.exec(text) ?? [];
  return Object.fromEntries(
    [...block.matchAll(/^ +([\w-]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

async function waitForStart(page: Page): Promise<void> {
  await page
    .getByText(/^(Try the demo|All accounts)$/)
    .first()
    .waitFor();
}

async function follow(page: Page, name: string, shown: string): Promise<void> {
  await page.getByText(name, { exact: true }).first().click();
  await page.getByText(shown).first().waitFor();
}

// As text: these run in the page, whose types this project doesn't have.
const WAIT_FOR_WAITING_WORKER = `(async () => {
  const registration = await navigator.serviceWorker.ready;
  while (!registration.waiting) await new Promise((resolve) => setTimeout(resolve, 100));
})()`;

/** Imports the first of these that the page hasn't loaded. */
function importMore(chunks: readonly string[]): string {
  return `(async () => {
    const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
    const more = ${JSON.stringify(chunks)}.filter((chunk) => !loaded.includes(chunk));
    await Promise.all(more.slice(0, ${CHUNKS_AT_ONCE}).map((chunk) => import(chunk)));
  })()`;
}
