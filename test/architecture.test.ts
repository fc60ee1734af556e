import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BUDGETS, type SourceFile } from './budgets.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = readRepository();

/** Every file that git knows or would add, but for those that quote violations. */
function readRepository(): SourceFile[] {
  const git = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  return execFileSync('git', git, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 24 })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .filter((path) => !/^test\/(architecture\.test|budgets|lint\/planted)\.ts$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

test.each(Object.entries(BUDGETS))('the repository keeps the budget %s', (_name, budget) => {
  expect(budget(files, root)).toEqual([]);
});

test('`npx headgate` can start the command line', () => {
  expect(files.find(({ path }) => path === 'controller/cli.ts')?.text).toMatch(
    /^#!\/usr\/bin\/env node\n/,
  );
});

test('the dependencies stay under 400 MB', () => {
  const [megabytes] = execFileSync('du', ['-sm', join(root, 'node_modules')], {
    encoding: 'utf8',
  }).split('\t');
  expect(Number(megabytes)).toBeLessThan(400);
});

describe('a planted violation is found', () => {
  test.each<[keyof typeof BUDGETS, string, string]>([
    ['topLevel', 'docs/page.md', ''],
    ['fileLength', 'edge/core/long.ts', '\n'.repeat(251)],
    ['mirror', 'test/controller/nowhere/a.test.ts', ''],
    ['noClockInCore', 'controller/core/plan/plan.ts', 'const at = new Date();'],
    ['noFocusedTests', 'test/one.test.ts', "test.only('one', () => {});"],
    ['noFocusedTests', 'test/one.test.ts', "describe.concurrent.skip('one', () => {});"],
    ['explainedExceptions', 'edge/core/a.ts', '// oxlint-disable-next-line no-console'],
    ['explainedExceptions', 'edge/core/a.ts', '// @ts-expect-error'],
    ['zodAsNamespace', 'controller/core/a.ts', "import { z } from 'zod';"],
    ['noMachinePaths', 'controller/README.md', 'see /home/me/shop'],
    ['noKeys', 'policies/shop.yaml', `key: AKIA${'X'.repeat(16)}`],
    ['noKeys', 'policies/shop.yaml', `role: arn:aws:iam::${'9'.repeat(12)}:role/plan`],
    ['links', 'controller/README.md', '[gone](./gone.md)'],
    ['links', 'controller/README.md', '# Here\n[gone](#there)'],
    ['decisions', '.github/decisions/0002-second.md', record('0002. Second')],
    ['decisions', '.github/decisions/0001-first.md', record('0002. Second')],
    ['decisions', '.github/decisions/0001-first.md', '# 0001. First\n'],
    ['decisions', '.github/decisions/0001-first.md', record('0001. First') + '\n'.repeat(60)],
    ['lockFile', 'package-lock.json', '{"packages":{"x":{"optionalDependencies":{"y":"1"}}}}'],
    ['oldestNode', 'package-lock.json', '{"packages":{"x":{"engines":{"node":">=22"}}}}'],
    ['oldestNode', 'package-lock.json', '{"packages":{"x":{"engines":{"node":"^18 || ^22"}}}}'],
  ])('%s: %s', (name, path, text) => {
    expect(BUDGETS[name]([{ path, text }], root)).not.toEqual([]);
  });

  test('but nothing in what is right', () => {
    const sound: SourceFile[] = [
      { path: '.github/decisions/0001-first.md', text: record('0001. First') },
      {
        path: 'controller/README.md',
        text: "# What's next?\n[a](#whats-next) [b](../package.json) [c](https://x.y)",
      },
      {
        path: 'edge/core/a.ts',
        text: '// oxlint-disable-next-line no-console -- shows how\nnew Date(0);',
      },
    ];
    expect(Object.values(BUDGETS).flatMap((budget) => budget(sound, root))).toEqual([]);
  });
});

function record(title: string): string {
  return `# ${title}\n\n## Context\n\n## Choice\n\n## Cost\n`;
}
