import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fill } from '../end-to-end/actions/expressions.ts';

interface Step {
  readonly with?: { readonly 'role-to-assume'?: string };
  readonly env?: { readonly HEADGATE_ROLLBACK_FUNCTION?: string };
}

const file = new URL('../../.github/workflows/rollback.yml', import.meta.url);
const { jobs } = parse(readFileSync(file, 'utf8')) as {
  readonly jobs: { readonly rollback: { readonly steps: readonly Step[] } };
};
const { steps } = jobs.rollback;

test.each([
  ['both', { HEADGATE_ROLLBACK_ROLE: 'ask', HEADGATE_ROLLBACK_FUNCTION: 'lane' }, 'ask', 'lane'],
  ['no function', { HEADGATE_ROLLBACK_ROLE: 'ask' }, 'release', ''],
  ['no role', { HEADGATE_ROLLBACK_FUNCTION: 'lane' }, 'release', ''],
  ['neither', {}, 'release', ''],
])('a rollback asks the fast lane with two variables, or goes without: %s', (_what, own, ...to) => {
  const vars = { HEADGATE_RECONCILE_ROLE: 'release', ...own };
  const role = steps.map((step) => step.with?.['role-to-assume'] ?? '').join('');
  const lane = steps.map(({ env }) => env?.HEADGATE_ROLLBACK_FUNCTION ?? '').join('');
  expect([fill(role, { vars }), fill(lane, { vars })]).toEqual(to);
});
