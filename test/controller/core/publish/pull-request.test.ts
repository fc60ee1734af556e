import { expect, it } from 'vitest';
import {
  nameOfAll,
  pullRequestOf,
  sortNewestFirst,
} from '../../../../controller/core/publish/pull-request.ts';

it.each([
  ['pr-12-345-1', 12],
  ['pr-12', 12],
  ['pr-1-2', 1],
  ['pr-12x', undefined],
  ['pr-012-1', undefined],
  ['pr-', undefined],
  ['pr-0-1', undefined],
  ['pr-12345678901-1', undefined],
  ['1043', undefined],
  ['xpr-12-1', undefined],
])('the build %s is of pull request %s', (build, expected) => {
  expect(pullRequestOf(build)).toBe(expected);
});

it('names them all by what each begins with', () => {
  expect(nameOfAll(12)).toBe('pr-12');
});

it('puts the newest first, by numbers and not by letters', () => {
  const builds = ['pr-12-9-2', 'pr-12-10-1', 'pr-12-9-10', 'pr-12'];
  expect(sortNewestFirst(builds)).toEqual(['pr-12-10-1', 'pr-12-9-10', 'pr-12-9-2', 'pr-12']);
});
