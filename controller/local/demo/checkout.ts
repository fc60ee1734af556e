import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from './browser.ts';
import { Mismatch } from './mismatch.ts';

/** The part of the storefront's checkout chunk that runs without a browser. */
interface CheckoutModule {
  orderTotal(order: {
    readonly lines: readonly {
      readonly product: { readonly cents: number };
      readonly quantity: number;
    }[];
    readonly coupon: { readonly code: string; readonly percent: number } | undefined;
  }): number;
}

/** One pot and two cups, no coupon: 48.00 + 2 x 16.50 + 4.90 shipping. */
const ORDER = {
  lines: [
    { product: { cents: 4800 }, quantity: 1 },
    { product: { cents: 1650 }, quantity: 2 },
  ],
  coupon: undefined,
};
const ORDER_CENTS = 8590;

/**
 * A visitor checks out: loads the open page's scripts down to the checkout through the edge, with
 * the visitor's cookies, and runs exactly the bytes that were served. Throws what the app throws.
 */
export async function checkOut(browser: Browser, document: string, scratch: string): Promise<void> {
  const entry = /<script[^>]+src="(\/assets\/[^"]+)"/.exec(document)?.[1];
  const chunk = /assets\/checkout-[\w-]+\.js/.exec(await loadScript(browser, String(entry)))?.[0];
  if (chunk === undefined) throw new Mismatch('Checkout chunk in the entry', 'its name', entry);
  const checkout = (await importServed(browser, `/${chunk}`, scratch)) as CheckoutModule;
  const total = checkout.orderTotal(ORDER);
  if (total !== ORDER_CENTS) throw new Mismatch('Order total in cents', ORDER_CENTS, total);
}

// A directory per visitor: what another visitor was served must not stand in for these bytes.
async function importServed(browser: Browser, path: string, scratch: string): Promise<unknown> {
  const directory = await mkdtemp(join(scratch, 'visitor-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const source = await loadScript(browser, next);
    await writeFile(join(directory, next), source);
    for (const [, imported] of source.matchAll(/from"\.\/([^"]+)"/g)) {
      waiting.push(`/assets/${imported}`);
    }
  }
  return import(pathToFileURL(join(directory, path)).href);
}

async function loadScript(browser: Browser, path: string): Promise<string> {
  const answer = await browser.load(path);
  if (answer.status !== 200) throw new Mismatch(`GET ${path}`, 200, answer.status);
  return answer.body.toString();
}
