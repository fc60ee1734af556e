import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { playCases } from './case.ts';
import { SKEW_CASES } from './cases.ts';
import { SKEW_APP_CASES } from './skew-app-cases.ts';
import { buildSkewApp } from './skew-app.ts';
import { full, tellSkipped } from '../depth.ts';
import { noBrowser, setStage, type Stage } from './stage.ts';

tellSkipped('a small app in a real browser');

describe.skipIf(!full || noBrowser)('a small app in a real browser', () => {
  let directory: string;
  let stage: Stage;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'headgate-skew-'));
    stage = await setStage(await buildSkewApp(directory));
  }, 300_000);
  afterAll(async () => {
    await stage.close();
    await rm(directory, { recursive: true });
  });

  playCases(() => stage, [...SKEW_CASES, ...SKEW_APP_CASES], { concurrent: true });
});
