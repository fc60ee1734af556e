import { expect, it } from 'vitest';
import {
  renderBytes,
  renderResult,
  renderSummary,
} from '../../../../controller/core/publish/report.ts';

const result = {
  app: 'shop',
  build: '1043',
  digest: '0123456789abcdef',
  alreadyPublished: false,
  files: 1204,
  bytes: 20_812_345,
  uploadedFiles: 1,
  uploadedBytes: 999,
  copiedFiles: 40,
  sharedFiles: 1200,
  resumedFiles: 3,
  privateFiles: 12,
};

it('says what was done and what to do next', () => {
  expect(renderResult(result)).toMatchInlineSnapshot(`
    "Build 1043 of shop is published.
      files     1,204 files, 20.8 MB
      uploaded  1 file, 999 B
      copied    40 files within the bucket
      shared    1,200 files already in the pool
      resumed   3 files already stored by an interrupted run
      private   12 files of source maps, not served
      digest    0123456789abcdef

    Next: name it in the policy of shop, under \`release\` of an environment:
      build: "1043""
  `);
  expect(renderSummary(result)).toMatchInlineSnapshot(`
    "### Build 1043 of shop published

    | | |
    |---|---|
    | files | 1,204 files, 20.8 MB |
    | uploaded | 1 file, 999 B |
    | copied | 40 files within the bucket |
    | shared | 1,200 files already in the pool |
    | resumed | 3 files already stored by an interrupted run |
    | private | 12 files of source maps, not served |
    | digest | 0123456789abcdef |

    Next: \`build: "1043"\` in the policy of shop.
    "
  `);
});

it('says when there was nothing to do', () => {
  const again = {
    ...result,
    alreadyPublished: true,
    copiedFiles: 0,
    sharedFiles: 0,
    resumedFiles: 0,
    privateFiles: 0,
  };
  expect(renderResult(again)).toMatchInlineSnapshot(`
    "Build 1043 of shop is already published, nothing to do.
      files     1,204 files, 20.8 MB
      digest    0123456789abcdef

    Next: name it in the policy of shop, under \`release\` of an environment:
      build: "1043""
  `);
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 KB'],
  [20_812_345, '20.8 MB'],
  [3_000_000_000, '3.0 GB'],
])('%d is %s', (bytes, text) => {
  expect(renderBytes(bytes)).toBe(text);
});
