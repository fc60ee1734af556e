import { expect, it } from 'vitest';
import { settingsOf } from '../../../../controller/core/plan/settings.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { writeApp, writeEdge } from './fixtures.ts';

function read(top: string) {
  const files = { 'edge.yaml': writeEdge(), 'cart.yaml': writeApp({ top }) };
  const { policies, issues } = readPolicies(
    Object.entries(files).map(([file, text]) => ({ file, text })),
  );
  const [app] = policies.apps;
  return { issues, settings: app && settingsOf(app) };
}

const HEADERS = [
  { files: '/fonts/*', cache: 'immutable' },
  { files: '/data/*', type: 'application/geo+json' },
  { files: '/text/*', cache: 'mutable', type: 'text/plain; charset=utf-8' },
];

it('passes headers and source maps on to publish', () => {
  const { issues, settings } = read(`headers: ${JSON.stringify(HEADERS)}\nsourceMaps: public`);
  expect(issues).toEqual([]);
  expect(settings).toMatchObject({ headers: HEADERS, sourceMaps: 'public' });
});

it('says nothing of what is as usual', () => {
  const usual = read('');
  expect(Object.keys(usual.settings ?? {})).toEqual(['spa', 'pool']);
  expect(read('headers: []\nsourceMaps: private').settings).toEqual(usual.settings);
});

it.each([
  ['{ files: /fonts/* }', 'headers[0]: /fonts/* gets no header; write cache, type or both'],
  ['{ files: /fonts/*, cache: document }', '"document" is not one of immutable, mutable'],
  ['{ files: /fonts/*, type: "text/html\\r\\nx: y" }', 'is not a content type in lower case'],
  ['{ files: /fonts/*, type: woff }', '"woff" is not a content type in lower case'],
  ['{ files: fonts/*, cache: mutable }', 'is not a CloudFront path pattern'],
  ['{ cache: mutable }', '"files" is missing'],
])('refuses headers: [%s]', (entry, message) => {
  const { issues } = read(`headers: [${entry}]`);
  expect(issues).toMatchObject([{ file: 'cart.yaml', message: expect.stringContaining(message) }]);
});
