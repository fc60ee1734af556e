/** Requests of publishing 10,000 files of 100 MB, as test/benchmark/publish measured them. Deletions are free. */
import type { Bill } from './prices.ts';

export interface Publish {
  readonly name: string;
  readonly requests: string;
  readonly bill: Bill;
  /** What each such build adds to the bucket. */
  readonly gigabytes: number;
}

export const PUBLISHES: readonly Publish[] = [
  {
    name: 'Headgate, a first build',
    requests: '10,003 put, 1 list, 5 get, 1 delete',
    bill: { put: 10_004, get: 5 },
    gigabytes: 0.108,
  },
  {
    name: 'Headgate, the next build: 200 files changed',
    requests: '223 put, 6 get, 1 head, 1 delete',
    bill: { put: 223, get: 7 },
    gigabytes: 0.003,
  },
  {
    name: 'Headgate, the same again',
    requests: '1 put, 5 get, 1 head, 1 delete',
    bill: { put: 1, get: 6 },
    gigabytes: 0,
  },
  {
    name: '`aws s3 sync` or rclone into a folder per build, each time',
    requests: '10,000 put, 1 list',
    bill: { put: 10_001 },
    gigabytes: 0.1065,
  },
];
