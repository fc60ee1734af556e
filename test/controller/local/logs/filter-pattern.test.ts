import { expect, it } from 'vitest';
import { readFilterPattern } from '../../../../controller/local/logs/filter-pattern.ts';
import { BadPattern } from '../../../../controller/local/logs/pattern.ts';

const access = (status: string, bytes: string) =>
  `127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" ${status} ${bytes}`;
const visitor = (arm: string, kind: string, slot: number) =>
  `U7b4_R-x== headgate 1 shop prod ${arm} ${kind} 1043 57 500 ${slot}`;
const line = 'id, tag=headgate, version=1, app=shop, env=prod, arm, kind, build, salt';

it.each<[string, string, boolean]>([
  // The examples of the user guide.
  ['ERROR', '[ERROR] A fatal exception', true],
  ['ERROR', 'error', false],
  ['ERROR Exception', '[ERROR] Unhandled Exception', true],
  ['ERROR Exception', '[ERROR] Unhandled', false],
  ['"ERROR" -"Exiting"', 'Exiting with ERRORCODE: -1', false],
  ['ERROR -WARN', 'ERROR message', true],
  ['?ERROR ?WARN', 'WARN message', true],
  ['?ERROR ?WARN', 'INFO message', false],
  ['"said \\"no\\""', 'it said "no"', true],
  ['', 'anything', true],
  ['[w1=ERROR, w2]', 'ERROR message', true],
  ['[w1=ERROR, w2]', 'ERROR WARN message', false],
  ['[w1=ERROR || w1=WARN, w2]', 'WARN message', true],
  [
    '[ip, user, username, timestamp, request, status_code, bytes > 1000]',
    access('200', '1534'),
    true,
  ],
  [
    '[ip, user, username, timestamp, request, status_code, bytes > 1000]',
    access('200', '5'),
    false,
  ],
  ['[ip, user, username, timestamp, request, status_code = 4*, bytes]', access('404', '5'), true],
  ['[ip, user, username, timestamp, request, status_code = 200, bytes]', access('404', '5'), false],
  ['[..., request = *html*, status_code = 4*, bytes]', access('404', '1534'), true],
  ['[..., status_code = 4* && status_code != 403, bytes]', access('403', '5'), false],
  ['[..., status_code = 4* && status_code != 403, bytes]', access('404', '5'), true],
  ['[ip, user, ..., status_code, bytes]', access('404', '5'), true],
  ['[ip, user, ...]', 'one', false],
  ['[..., request=*.html*, status_code=4*,]', access('404', '5'), true],
  // What the guard of Headgate asks.
  [`[${line}=57, weight, slot]`, visitor('canary', 'e', 7), true],
  [`[${line}=58, weight, slot]`, visitor('canary', 'e', 7), false],
  [`[${line}, ...]`, visitor('stable', 'n', 7), true],
  [`[${line}, weight]`, visitor('stable', 'n', 7), false],
  ['[id, tag, ..., slot>=524288]', visitor('canary', 'e', 524_288), true],
  ['[id, tag, ..., slot<524288]', visitor('canary', 'e', 524_288), false],
  ['[id, tag="head gate", ...]', visitor('canary', 'e', 7), false],
  [
    '[id, tag=headgate, version, app, env, arm=canary, kind=e || kind=r || kind=c, ...]',
    visitor('canary', 'r', 7),
    true,
  ],
  // A star in the middle is a star.
  ['[a=Ev*ent]', 'EvXent', false],
  ['[a=Ev*ent]', 'Ev*ent', true],
  ['[a!=5]', 'x', true],
  ['[a>5]', 'x', false],
])('%s of %s: %s', (pattern, message, matches) => {
  expect(readFilterPattern(pattern).match(message) !== undefined).toBe(matches);
});

it.each([
  '{ $.a = 1 }',
  '%AUTHORIZED%',
  'not-a-word',
  '[a, b',
  '[..., a, ...]',
  '[a=x y]',
  '[a=b-c]',
  '[a, a]',
  '[a=1 && b=2]',
  '[a<x]',
  '[-]',
  '?A B',
])('%s is refused', (pattern) => {
  expect(() => readFilterPattern(pattern)).toThrow(BadPattern);
});

it('takes the fields out, by name and else by number', () => {
  const pattern = readFilterPattern('[..., request=*.html*, status_code=4*,]');
  expect(pattern.match(access('404', '1534'))).toEqual({
    $1: '127.0.0.1',
    $2: '-',
    $3: 'frank',
    $4: '10/Oct/2000:13:25:15 -0700',
    $request: 'GET /index.html HTTP/1.0',
    $status_code: '404',
    $7: '1534',
  });
});
