import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../../../controller/local/demo/browser.ts';
import {
  type BuiltApp,
  readAppFile,
  readBuiltApps,
} from '../../../../controller/local/demo/built-app.ts';
import { checkOut } from '../../../../controller/local/demo/checkout.ts';
import { buildStorefront } from '../../../../controller/local/demo/storefront.ts';

let directory: string;
let apps: Readonly<Record<'a' | 'b' | 'c', BuiltApp>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-storefront-'));
  const built = await buildStorefront(directory);
  const [a, b, c] = await readBuiltApps([built.a, built.b, built.c], ['1041', '1042', '1043']);
  if (!a || !b || !c) throw new Error('three builds expected');
  apps = { a, b, c };
});
afterAll(() => rm(directory, { recursive: true }));

/** A browser whose edge is the build's directory. */
function browse(app: BuiltApp): Browser {
  const load = async (path: string) => ({
    status: 200,
    headers: {},
    body: await readAppFile(app, path),
    build: app.build,
  });
  return { navigate: load, load };
}

describe('the storefront', () => {
  it.each(['a', 'c'] as const)('release %s takes an order', async (release) => {
    const app = apps[release];
    await expect(checkOut(browse(app), app.document, directory)).resolves.toBeUndefined();
  });

  it('release b really throws at an order without a coupon', async () => {
    const run = checkOut(browse(apps.b), apps.b.document, directory);
    await expect(run).rejects.toThrow(TypeError);
    await expect(run).rejects.toThrow(/reading 'percent'/);
  });

  it('loads its routes lazily, each release its own checkout', () => {
    const { a, b, c } = apps;
    expect([a.lazy, b.lazy, c.lazy].every((path) => path.startsWith('/assets/checkout-'))).toBe(
      true,
    );
    expect(new Set([a.lazy, b.lazy, c.lazy]).size).toBe(3);
    expect([a.own, b.own, c.own]).toEqual(['/config.json', '/config.json', '/config.json']);
  });
});

it('says what is wrong with directories that are no built apps', async () => {
  await expect(readBuiltApps([join(directory, 'nowhere')], ['1'])).rejects.toThrow(
    /nowhere has no index\.html/,
  );
});
