import ignore from 'ignore';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('policies/approvals.md', root), 'utf8');
const sample = /^```codeowners\n([^]*?)^```/m.exec(page)?.[1] ?? '';
const policies = readdirSync(new URL('policies', root)).filter((name) => name.endsWith('.yaml'));

interface Line {
  readonly pattern: string;
  readonly owners: readonly string[];
}

function readLines(text: string): readonly Line[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [pattern = '', ...owners] = line.trim().split(/\s+/);
      return { pattern, owners };
    });
}

/** As GitHub documents it: gitignore's patterns, case-sensitive, and the last line that matches alone. */
function ownersOf(path: string, text = sample): readonly string[] {
  const matching = readLines(text).findLast(({ pattern }) =>
    ignore({ ignorecase: false }).add(pattern).ignores(path),
  );
  return matching?.owners ?? [];
}

/** What GitHub documents as not working in CODEOWNERS, though gitignore has it. */
function listUnsupported(text: string): readonly string[] {
  return readLines(text)
    .filter(({ pattern, owners }) => /^!|[[\]]|\\#/.test(pattern) || owners.length === 0)
    .map(({ pattern }) => pattern);
}

describe('the CODEOWNERS of policies/approvals.md', () => {
  test('gives every policy file of this repository an owner', () => {
    expect(policies).toContain('edge.yaml');
    const orphans = policies.filter((name) => ownersOf(`policies/${name}`).length === 0);
    expect(orphans).toEqual([]);
  });

  test.each([
    ['policies/shop.yaml', ['@acme/shop', '@acme/platform']],
    ['policies/checkout-eu.yaml', ['@acme/checkout', '@acme/platform']],
    ['policies/edge.yaml', ['@acme/platform']],
    ['policies/of-a-new-app.yaml', ['@acme/platform']],
    ['policies/old/shop.yaml', ['@acme/platform']],
    ['policies/Shop.yaml', ['@acme/platform']],
    ['.github/CODEOWNERS', ['@acme/platform']],
    ['.github/workflows/reconcile.yml', ['@acme/platform']],
    ['apps/policies/shop.yaml', ['@acme/web']],
  ])('%s belongs to %j', (path, owners) => {
    expect(ownersOf(path)).toEqual(owners);
  });

  test('uses nothing that GitHub does not read', () => {
    expect(readLines(sample).length).toBeGreaterThan(3);
    expect(listUnsupported(sample)).toEqual([]);
  });

  test.each([
    ['an exception', '!/policies/edge.yaml @acme/shop'],
    ['a range', '/policies/[a-m]*.yaml @acme/shop'],
    ['an escape', '\\#policies @acme/shop'],
    ['a line that takes the owners away', '/policies/edge.yaml'],
  ])('%s would be found', (_what, line) => {
    expect(listUnsupported(`${sample}${line}\n`)).toHaveLength(1);
  });

  test('a broad line at the end would take every policy from its team', () => {
    expect(ownersOf('policies/edge.yaml', `${sample}* @acme/everyone\n`)).toEqual([
      '@acme/everyone',
    ]);
  });
});
