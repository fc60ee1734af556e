import { expect, it } from 'vitest';
import {
  readReviewed,
  renderReviewed,
  type ReviewedPlan,
} from '../../../../controller/core/github/reviewed-plan.ts';

const REVIEWED: ReviewedPlan = {
  version: 1,
  commit: 'abc',
  run: 7,
  checksum: 'c0ffee',
  subjects: [{ name: 'shop/prod', checksum: '1234', to: 'build 2' }],
};

it('comes back from a comment as it was, whatever is in it', () => {
  const odd = { name: 'a-->b--!<c>', checksum: '--', to: '<!-- & -->--->' };
  const reviewed = { ...REVIEWED, subjects: [odd] };
  const hidden = renderReviewed(reviewed);
  expect(hidden.match(/-->/g)).toHaveLength(1);
  expect(hidden.slice(4, -3)).not.toMatch(/--|[<>]/);
  expect(readReviewed(`<!-- headgate:plan -->\n${hidden}\n### text -->`)).toEqual(reviewed);
});

it.each([
  'no memory at all',
  '<!-- headgate:plan-data {"version":1',
  '<!-- headgate:plan-data not JSON -->',
  '<!-- headgate:plan-data {"version":2,"commit":"a","checksum":"b","subjects":[]} -->',
  '<!-- headgate:plan-data {"version":1,"commit":"a","checksum":"b","subjects":"all"} -->',
  '<!-- headgate:plan-data {"version":1,"commit":1,"checksum":"b","subjects":[]} -->',
])('that somebody has edited is none: %s', (body) => {
  expect(readReviewed(body)).toBeUndefined();
});

it('of very many keeps names and checksums, then those that come first', () => {
  const subjectsOf = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      name: `app-${at}/prod`,
      checksum: '0123456789abcdef',
      to: 'build 2 at 5 %, stable 1'.repeat(3),
    }));
  const some = renderReviewed({ ...REVIEWED, subjects: subjectsOf(200) });
  expect(readReviewed(some)?.subjects).toHaveLength(200);
  expect(readReviewed(some)?.subjects[0]).toEqual({
    name: 'app-0/prod',
    checksum: '0123456789abcdef',
  });
  const many = renderReviewed({ ...REVIEWED, subjects: subjectsOf(2000) });
  expect(Buffer.byteLength(many)).toBeLessThanOrEqual(16_384);
  expect(readReviewed(many)).toMatchObject({ isCut: true, checksum: 'c0ffee' });
});
