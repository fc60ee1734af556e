import type { Statement } from './statement.ts';
import { WHY } from './why-not.ts';

const PAGE = 'controller/local/README.md';

/** Of the local cloud's page, about CloudFront and its functions. */
export const EDGE_STATEMENTS: readonly Statement[] = [
  {
    id: 'distribution-progress',
    page: PAGE,
    says: '`InProgress` after every change',
    measured: {
      not: "a time that this cloud chose; that one edge never has half of a change can't be seen from one place",
    },
  },
  {
    id: 'association-codes',
    page: PAGE,
    says: '`InvalidFunctionAssociation`',
    measured: { not: WHY.later },
  },
  {
    id: 'first-version-at-once',
    page: PAGE,
    says: "a function's first published version",
    measured: { not: WHY.onePlace },
  },
  {
    id: 'test-function-delay',
    page: PAGE,
    says: '`TestFunction` really runs the code',
    measured: { not: WHY.later },
  },
  {
    id: 'compute-utilization',
    page: PAGE,
    says: '`ComputeUtilization` is processor time',
    measured: { not: "CloudFront doesn't publish its maximum" },
  },
  {
    id: 'store-provisioning',
    page: PAGE,
    says: 'a KeyValueStore is `PROVISIONING`',
    measured: { how: 'the data of the scratch store is asked for as soon as it was created' },
  },
  {
    id: 'origin-group-codes',
    page: PAGE,
    says: 'origin groups: an Id',
    measured: { not: WHY.later },
  },
  {
    id: 'invalidation',
    page: PAGE,
    says: 'invalidations: `InProgress`',
    measured: { not: WHY.later },
  },
  {
    id: 'store-stale-etag',
    page: PAGE,
    says: 'a write against an old ETag',
    measured: { how: 'a key is put twice with one ETag' },
  },
  {
    id: 'store-delete-missing',
    page: PAGE,
    says: "deleting a key that isn't there",
    measured: { how: "a key that isn't there is deleted by both calls" },
  },
  {
    id: 'store-keys-together',
    page: PAGE,
    says: 'readers see a write after the delay',
    measured: { not: WHY.onePlace },
  },
  {
    id: 'helper-throws',
    page: PAGE,
    says: 'an unknown origin, arguments of another form',
    measured: { not: WHY.later },
  },
  {
    id: 'helper-access-control',
    page: PAGE,
    says: "a bucket's access control isn't inherited",
    measured: { not: WHY.later },
  },
  { id: 'helper-last-wins', page: PAGE, says: 'the last call wins', measured: { not: WHY.later } },
  {
    id: 'helper-test',
    page: PAGE,
    says: '`TestFunction` runs the helpers',
    measured: { how: 'an origin that no distribution has, in `TestFunction`' },
  },
  {
    id: 'generated-no-response-function',
    page: PAGE,
    says: "doesn't run on an answer that",
    measured: { how: 'the viewer-request function of the scratch distribution answers by itself' },
  },
  {
    id: 'response-sees-request',
    page: PAGE,
    says: 'sees the request as',
    measured: { how: 'viewer-request sets a header, and viewer-response shows it' },
  },
  {
    id: 'test-event-context',
    page: PAGE,
    says: 'events given to `TestFunction`',
    measured: { not: WHY.later },
  },
  {
    id: 'values-not-decoded',
    page: PAGE,
    says: 'values of query parameters and cookies',
    measured: { how: '`?q=a%2Fb` and a cookie, shown by viewer-response' },
  },
  {
    id: 'origin-request-revalidation',
    page: PAGE,
    says: '`origin-request` and `origin-response` run on',
    measured: { not: WHY.lambda },
  },
  {
    id: 'origin-response-status',
    page: PAGE,
    says: 'what counts for that is the status',
    measured: { not: WHY.lambda },
  },
  {
    id: 'generated-size',
    page: PAGE,
    says: 'generated responses: 40 KB',
    measured: { not: WHY.lambda },
  },
  {
    id: 'origin-bucket',
    page: PAGE,
    says: '`origin` may be changed',
    measured: { not: WHY.lambda },
  },
  {
    id: 'lambda-read-only',
    page: PAGE,
    says: 'read-only and forbidden headers',
    measured: { not: WHY.lambda },
  },
  { id: 'lambda-errors', page: PAGE, says: 'throws or ends: 503', measured: { not: WHY.lambda } },
  { id: 'lambda-loading', page: PAGE, says: '10 s for loading', measured: { not: WHY.lambda } },
  {
    id: 'root-object',
    page: PAGE,
    says: '`DefaultRootObject` is put',
    measured: { how: '`/` with a root object, whose path the function shows' },
  },
  {
    id: 'path-as-sent',
    page: PAGE,
    says: 'functions get the path as sent',
    measured: { how: '`/a%2Fb//c`, shown by the function' },
  },
  {
    id: 'cache-key-origin',
    page: PAGE,
    says: 'who is asked is no part of it',
    measured: { not: WHY.later },
  },
  {
    id: 'headers-of-errors',
    page: PAGE,
    says: 'they also apply to errors of the origin',
    measured: { how: "a file that isn't there, under a headers policy with `no-store`" },
  },
  {
    id: 'failover-response',
    page: PAGE,
    says: 'runs on the answer that is used',
    measured: { not: WHY.lambda },
  },
  {
    id: 'server-down',
    page: PAGE,
    says: "a server that can't be reached is a 502",
    measured: { not: WHY.later },
  },
];
