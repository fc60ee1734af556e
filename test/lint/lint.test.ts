import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALLOWED, VIOLATIONS } from './planted.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let tree: string;
let found: Map<string, Set<string>>;

/** One run over a copy of the repository's shape in which every file breaks, or keeps, one rule. */
beforeAll(async () => {
  tree = mkdtempSync(join(tmpdir(), 'headgate-lint-'));
  for (const name of ['.oxlintrc.json', 'tsconfig.json'])
    cpSync(join(root, name), join(tree, name));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, text] of [...VIOLATIONS, ...ALLOWED]) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  found = await lint();
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('a planted violation is reported', () => {
  test.each(VIOLATIONS)('%s', (path, _text, rule) => {
    expect([...(found.get(path) ?? [])]).toContain(rule);
  });
});

describe('what the law allows is not reported', () => {
  test.each(ALLOWED)('%s', (path) => {
    expect([...(found.get(path) ?? [])]).toEqual([]);
  });
});

/** The rules each file breaks. */
async function lint(): Promise<Map<string, Set<string>>> {
  const broken = new Map<string, Set<string>>();
  for (const { filename, code } of (await diagnose()).diagnostics) {
    const rules = broken.get(filename) ?? new Set();
    broken.set(filename, rules.add(code ?? 'unused-directive'));
  }
  return broken;
}

function diagnose(): Promise<{ diagnostics: { filename: string; code?: string }[] }> {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [oxlint, '--format=json'],
      { cwd: tree, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => {
        // Exit code 1 is what we came for: violations were found.
        if (error?.code === 1) resolve(JSON.parse(stdout) as never);
        else reject(new Error(`oxlint did not report violations: ${stderr}${stdout}`));
      },
    );
  });
}
