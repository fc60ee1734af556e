import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { full, tellSkipped } from '../depth.ts';
import { fetchActual } from './actual-app.ts';
import { type Case, playCases } from './case.ts';
import { goBack, SKEW_CASES } from './cases.ts';
import { noBrowser, setStage, type Stage } from './stage.ts';

tellSkipped('two releases of a real app in a browser');

describe.skipIf(!full || noBrowser)('Actual in a real browser', () => {
  let directory: string;
  let stage: Stage;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'headgate-actual-'));
    stage = await setStage(await fetchActual(directory));
  }, 300_000);
  afterAll(async () => {
    await stage.close();
    await rm(directory, { recursive: true });
  });

  const isolated: Case = {
    title: 'it is served with the headers that it asks for',
    async before({ site, app, visit }) {
      const page = await (await visit()).newPage();
      const headers = (await page.goto(site.url))?.headers();
      for (const [name, value] of Object.entries(app.headers)) {
        expect(headers?.[name.toLowerCase()], name).toBe(value);
      }
      expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    },
  };
  playCases(() => stage, [isolated, ...SKEW_CASES, goBack()]);
});
