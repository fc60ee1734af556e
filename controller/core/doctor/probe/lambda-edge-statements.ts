import type { Statement } from './statement.ts';

const PAGE = 'controller/local/README.md';

/** Of the local cloud's page, about Lambda@Edge. */
export const LAMBDA_EDGE_STATEMENTS: readonly Statement[] = [
  {
    id: 'association-codes-lambda',
    page: PAGE,
    says: 'beside Lambda@Edge on viewer events',
    measured: { how: 'a distribution with a function of either kind', part: 'lambda-edge' },
  },
  {
    id: 'origin-request-revalidation',
    page: PAGE,
    says: '`origin-request` and `origin-response` run on',
    measured: {
      how: 'an answer that `origin-request` makes, asked for again when it has expired',
      part: 'lambda-edge',
    },
  },
  {
    id: 'origin-response-status',
    page: PAGE,
    says: 'what counts for that is the status',
    measured: {
      how: 'a missing file that `origin-response` makes a page; whether `viewer-response` runs',
      part: 'lambda-edge',
    },
  },
  {
    id: 'generated-size',
    page: PAGE,
    says: 'generated responses: 40 KB',
    measured: {
      how: 'answers of 40,960 bytes of JSON, and of one more, at `viewer-request`',
      part: 'lambda-edge',
    },
  },
  {
    id: 'origin-bucket',
    page: PAGE,
    says: '`origin` may be changed',
    measured: {
      how: 'another bucket, which lets only the distribution in, chosen by `origin` and `host`',
      part: 'lambda-edge',
    },
  },
  {
    id: 'lambda-read-only',
    page: PAGE,
    says: 'read-only and forbidden headers',
    measured: {
      how: 'a `viewer-response` that changes the status, the body, and `via`',
      part: 'lambda-edge',
    },
  },
  {
    id: 'lambda-errors',
    page: PAGE,
    says: 'throws or ends: 503',
    measured: {
      how: 'functions that throw, take too long and return nonsense; whether a failure is kept',
      part: 'lambda-edge',
    },
  },
  {
    id: 'lambda-loading',
    page: PAGE,
    says: '10 s for loading',
    measured: { how: 'a function that loads for longer than its timeout', part: 'lambda-edge' },
  },
  {
    id: 'failover-response',
    page: PAGE,
    says: 'runs on the answer that is used',
    measured: {
      how: 'a group whose first origin lacks the file; one whose answer `origin-response` spoils; an answer of `origin-request`',
      part: 'lambda-edge',
    },
  },
];
