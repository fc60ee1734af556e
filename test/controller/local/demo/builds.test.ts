import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { full } from '../../../depth.ts';
import { fetchPackage } from '../../../fetch-package.ts';

const run = promisify(execFile);
const CLI = join(import.meta.dirname, '../../../../dist/cli.js');
/** A real code-split app with a service worker, about 200 files; MIT. */
const APP = '@actual-app/web';
const RELEASES = ['26.7.0', '26.8.0', '26.9.0'];

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

if (!full) process.stderr.write(`SKIPPED: the story on ${APP}. To run it: HEADGATE_DEPTH=full\n`);

it.skipIf(!full)(
  'plays the story on three releases of a real app, as complete trees',
  { timeout: 600_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headgate-builds-'));
    directories.push(directory);
    const builds = await Promise.all(
      RELEASES.map(async (release) =>
        join(await fetchPackage(directory, `${APP}@${release}`), 'build'),
      ),
    );
    const { stdout } = await run(process.execPath, [
      CLI,
      'up',
      '--demo',
      '--exit',
      '--layout',
      'tree',
      '--builds',
      ...builds,
    ]);
    expect(stdout).toContain('Every step was verified.');
  },
);
