import { expect, it } from 'vitest';
import {
  hasArrived,
  readSeen,
  renderPropagation,
  renderSeen,
} from '../../../../controller/core/report/seen.ts';

const HOST = 'shop.example.com';
const OURS = { app: 'shop', env: 'prod' };
const answer = (told: object, headers = {}) => ({
  status: 200,
  headers,
  body: JSON.stringify({ app: 'shop', environment: 'prod', build: '1', generation: 7, ...told }),
});

it('reads what the edge serves, and where it was asked', () => {
  const seen = [readSeen({ host: HOST }, answer({}, { 'x-amz-cf-pop': 'FRA60-P4' }), OURS)];
  expect(renderSeen(seen, 7)).toEqual([`${HOST}: generation 7 (edge location FRA60-P4)`]);
  expect(renderSeen(seen, 8)[0]).toContain('generation 7, BEHIND generation 8');
  expect([hasArrived(seen, 7), hasArrived(seen, 8)]).toEqual([true, false]);
});

it.each([
  ['no answer', { error: 'getaddrinfo ENOTFOUND' }, 'ENOTFOUND'],
  ['another site', { status: 200, headers: {}, body: '<html>' }, 'it answered 200'],
  ['an error', { status: 403, headers: {}, body: 'null' }, 'it answered 403'],
  ['another environment', answer({ environment: 'beta' }), 'it serves shop/beta'],
  ['the floor', answer({ generation: 0 }), 'serves the floor'],
])('says what is wrong with %s', (_what, answered, problem) => {
  const seen = readSeen({ host: HOST }, answered, OURS);
  expect(seen.generation).toBeUndefined();
  expect(renderSeen([seen], 7)[0]).toContain(`NOT SEEN: ${seen.problem}`);
  expect(seen.problem).toContain(problem);
  expect(hasArrived([seen], 1)).toBe(false);
});

it('claims no more of the propagation than it saw', () => {
  expect(renderPropagation({ seconds: 4.25, isAtMost: false })).toMatch(/seen at every host 4.3 s/);
  expect(renderPropagation({ seconds: 60, isAtMost: true })).toMatch(/there at the first look/);
});
