import { expect, it } from 'vitest';
import {
  readLatest,
  renderLatest,
  sortNewest,
} from '../../../../controller/core/publish/latest.ts';

it('is a hint that whatever else is written there is not', () => {
  const text = renderLatest({ build: '1043', at: '2026-03-01T00:00:00.000Z' });
  expect(readLatest(text)).toBe('1043');
  for (const wrong of [undefined, '', '{', '{}', text.replace('1043', '../1043')]) {
    expect(readLatest(wrong)).toBeUndefined();
  }
});

it('takes the larger number for the newer build', () => {
  expect(sortNewest(['1043', '999', '1100-redesign', '1043.1'])).toEqual([
    '1100-redesign',
    '1043.1',
    '1043',
    '999',
  ]);
});
