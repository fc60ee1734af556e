import { expect, it } from 'vitest';
import { toVisitor } from '../../../edge/cloudfront-function/translate.ts';
import { toRequestEvent } from '../../vectors/cloudfront-event.ts';

const event = toRequestEvent({ path: '/', query: 'b=&a=1&a=2&flag' }, 'shop.example.com');

it.each([
  ['b=&2=x&1=%20&flag', 'b=&2=x&1=%20&flag'],
  ['', ''],
  [undefined, ''],
])('takes the query as sent where CloudFront tells it: %s', (sent, expected) => {
  const querystring = sent ? event.request.querystring : {};
  const request = { ...event.request, querystring, rawQueryString: () => sent };
  expect(toVisitor({ ...event, request }).query).toBe(expected);
});

// Nobody says what TestFunction's events answer: a golden preview must work either way.
it.each(['', undefined])('does not believe that there is none when there is one: %s', (sent) => {
  const request = { ...event.request, rawQueryString: () => sent };
  expect(toVisitor({ ...event, request }).query).toBe('b=&a=1&flag=');
});

it('puts the query together again where it does not', () => {
  const { rawQueryString: _, ...request } = event.request;
  expect(toVisitor({ ...event, request }).query).toBe('b=&a=1&flag=');
});
