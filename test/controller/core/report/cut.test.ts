import { expect, it } from 'vitest';
import { shorten } from '../../../../controller/core/report/comment/words.ts';
import { cutText } from '../../../../controller/core/report/cut.ts';

it('leaves what fits, and cuts no character in half', () => {
  expect(cutText('four', 4)).toBe('four');
  expect(cutText('fives', 4)).toBe('fiv…');
  expect(cutText('fives', 4, '...')).toBe('f...');
  expect(cutText('fi😀😀', 4)).toBe('fi…');
  expect(shorten('😀'.repeat(9), 6)).toBe('😀😀…');
});
