import { expect, it } from 'vitest';
import { readBucket } from '../../../../controller/core/adopt/bucket.ts';
import { findCandidates, folderOf, hasMatch } from '../../../../controller/core/adopt/content.ts';

it.each([
  ['acme.s3.eu-west-1.amazonaws.com', { bucket: 'acme', region: 'eu-west-1' }],
  [
    'www.acme.com.s3.us-gov-west-1.amazonaws.com',
    { bucket: 'www.acme.com', region: 'us-gov-west-1' },
  ],
  ['acme.s3-eu-west-1.amazonaws.com', { bucket: 'acme', region: 'eu-west-1' }],
  ['acme.s3.amazonaws.com', { bucket: 'acme', region: undefined }],
  ['acme.s3-website-eu-west-1.amazonaws.com', undefined],
  ['acme.s3-website.eu-west-1.amazonaws.com', undefined],
  ['app.example.com', undefined],
])('reads %s', (domain, expected) => {
  expect(readBucket(domain)).toEqual(expected);
});

it('takes folders for builds that can be, the newest first', () => {
  const folders = ['9', '1040', '1041', 'edge', 'shop', 'pr-7', '.well-known', 'off', 'a b'];
  expect(findCandidates(folders, 'shop')).toEqual(['1041', '1040', '9']);
});

it.each([
  ['/static/*', 'static/', ['static/a.js'], true],
  ['static/*', 'static/', ['other/a.js'], false],
  ['/a/b?/c*', 'a/', ['a/b1/c.js'], true],
  ['*.js', '', ['deep/a.js'], true],
  ['/robots.txt', '', ['robots.txt'], true],
])('looks for files of %s below "%s"', (pattern, folder, files, expected) => {
  expect(folderOf(pattern)).toBe(folder);
  expect(hasMatch(pattern, files)).toBe(expected);
});
