import { expect, it } from 'vitest';
import { findLine, listLeftOut } from '../../../../controller/core/policy/places.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { readExample } from './fixtures.ts';

function leftOut(change: (text: string) => string) {
  const shop = readExample('shop.yaml');
  const { places, policies } = readPolicies([
    readExample('edge.yaml'),
    { ...shop, text: change(shop.text) },
  ]);
  return listLeftOut(places, policies);
}

const PROD = {
  app: 'shop',
  environment: 'prod',
  file: 'policies/shop.yaml',
  bucket: 'acme-web-builds',
  region: 'us-east-1',
};

it('names environments with issues and where their records are', () => {
  expect(leftOut((text) => text)).toEqual([]);
  expect(leftOut((text) => text.replace('keep: 3', 'keep: 30'))).toEqual([PROD]);
});

it('names all of a file that breaks as a whole, as far as it says where', () => {
  const both = [{ ...PROD, environment: 'staging' }, PROD];
  expect(leftOut((text) => text.replace('spa: true', 'spa: perhaps'))).toEqual(both);
  expect(leftOut((text) => text.replace('region: us-east-1\n', ''))).toEqual([]);
  expect(leftOut((text) => `${text}\n  - [`)).toEqual([]);
});

it('finds the line of an app, an environment and an edge group', () => {
  const files = [readExample('edge.yaml'), readExample('shop.yaml')] as const;
  const read = readPolicies(files);
  const textAt = (subject: Parameters<typeof findLine>[0]) => {
    const place = findLine(subject, read);
    const lines = files.find(({ file }) => file === place?.file)?.text.split('\n');
    return lines?.[(place?.line ?? 0) - 1]?.trim();
  };
  expect(textAt({ kind: 'app', app: 'shop' })).toBe('app: shop');
  expect(textAt({ kind: 'environment', app: 'shop', environment: 'prod' })).toMatch(/^prod:/);
  expect(textAt({ kind: 'group', group: 'prod' })).toBeDefined();
  expect(findLine({ kind: 'app', app: 'other' }, read)).toBeUndefined();
  const gone = { kind: 'environment', app: 'shop', environment: 'gone' } as const;
  expect(findLine(gone, read)).toBeUndefined();
});
