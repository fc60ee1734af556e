import { expect, it } from 'vitest';
import { checkInForce, OldPoliciesError } from '../../../../controller/core/policy/in-force.ts';
import type { PolicyCopy } from '../../../../controller/core/policy/policy-copy.ts';
import { writeCopy } from '../../lambda/copy.ts';

const AT = '2026-03-03T09:00:00Z';
const stored: PolicyCopy = { ...writeCopy('2'), commit: 'bbb', committedAt: AT, at: AT };
const given = (committedAt: string | undefined, build = '1'): PolicyCopy => ({
  ...writeCopy(build),
  commit: 'aaa',
  ...(committedAt !== undefined && { committedAt }),
});

it('texts that newer ones have replaced move nothing, and the way out is said', () => {
  const check = () => checkInForce(stored, given('2026-03-02T09:00:00Z'), 'builds');
  expect(check).toThrow(OldPoliciesError);
  expect(check).toThrow(/commit aaa of 2026-03-02.* older than .*commit bbb of 2026-03-03/);
  expect(check).toThrow(
    expect.objectContaining({
      exitCode: 4,
      next: expect.stringMatching(/head of the branch.*delete s3:\/\/builds\/shop\/policies\.json/),
    }),
  );
});

it.each([
  ['the same texts of an older commit', given('2026-03-02T09:00:00Z', '2')],
  ['other texts of the same second', given(AT)],
  ['other texts of a later commit', given('2026-03-04T09:00:00Z')],
  ['texts of no git: nobody knows', given(undefined)],
])('goes by %s', (_name, copy) => {
  expect(() => checkInForce(stored, copy, 'builds')).not.toThrow();
});
