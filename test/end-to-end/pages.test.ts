import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { full, tellSkipped } from '../depth.ts';
import { type Played, playPage } from './pages/play-page.ts';
import { PREPARE } from './pages/prepare.ts';
import { createEmptySetting } from './setting.ts';

/** The second page goes on in the account that the first one made. */
const PAGES = ['start.md', 'runbook.md'];
tellSkipped(`the commands of ${PAGES.join(' and ')}`);

it.runIf(full)(
  'the commands of the pages do what the pages show, from an empty account on',
  async () => {
    const setting = await createEmptySetting();
    try {
      const played: Played[] = [];
      for (const name of PAGES) {
        const page = new URL(`../../policies/${name}`, import.meta.url);
        played.push(...(await playPage(setting, await readFile(page, 'utf8'), PREPARE)));
      }
      expect(played.filter(({ missing }) => missing.length > 0)).toEqual([]);
      expect(played.length).toBeGreaterThan(20);
    } finally {
      await setting.close();
    }
  },
  300_000,
);
