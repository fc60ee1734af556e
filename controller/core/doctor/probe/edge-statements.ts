import type { Statement } from './statement.ts';

const PAGE = 'controller/local/README.md';

/** Of the local cloud's page, about CloudFront and its functions. */
export const EDGE_STATEMENTS: readonly Statement[] = [
  {
    id: 'distribution-progress',
    page: PAGE,
    says: '`InProgress` after every change',
    measured: {
      how: 'the scratch distribution is made and changed; its status, and when the edge has the change, seen from one place',
      part: 'edge',
    },
  },
  {
    id: 'association-codes',
    page: PAGE,
    says: '`InvalidFunctionAssociation`',
    measured: {
      how: "distributions with a function that isn't published, and with two for one event",
      part: 'edge',
    },
  },
  {
    id: 'first-version-at-once',
    page: PAGE,
    says: "a function's first published version",
    measured: {
      how: 'the first and the second version of a function, over many connections from one place',
      part: 'edge',
    },
  },
  {
    id: 'test-function-delay',
    page: PAGE,
    says: '`TestFunction` really runs the code',
    measured: {
      how: 'writes of the store, looked for by `TestFunction` and at the edge in turns',
      part: 'edge',
    },
  },
  {
    id: 'compute-utilization',
    page: PAGE,
    says: '`ComputeUtilization` is processor time',
    measured: {
      how: '`TestFunction` with more and more work; what its maximum is can not be seen',
      part: 'edge',
    },
  },
  {
    id: 'store-provisioning',
    page: PAGE,
    says: 'a KeyValueStore is `PROVISIONING`',
    measured: {
      how: 'the data of the scratch store is asked for as soon as it was created',
      part: 'edge',
    },
  },
  {
    id: 'origin-group-codes',
    page: PAGE,
    says: 'origin groups: an Id',
    measured: {
      how: "distributions with a group that has a code of 418, one member, an origin's Id, an unknown origin",
      part: 'edge',
    },
  },
  {
    id: 'invalidation',
    page: PAGE,
    says: 'invalidations: `InProgress`',
    measured: {
      how: 'of the path that the viewer asks for, then of that which the function makes of it',
      part: 'edge',
    },
  },
  {
    id: 'store-stale-etag',
    page: PAGE,
    says: 'a write against an old ETag',
    measured: { how: 'a key is put twice with one ETag', part: 'edge' },
  },
  {
    id: 'store-delete-missing',
    page: PAGE,
    says: "deleting a key that isn't there",
    measured: { how: "a key that isn't there is deleted by both calls", part: 'edge' },
  },
  {
    id: 'store-keys-together',
    page: PAGE,
    says: 'readers see a write after the delay',
    measured: {
      how: 'two keys in every write whose way to the edge is timed, over many connections from one place',
      part: 'edge',
    },
  },
  {
    id: 'helper-throws',
    page: PAGE,
    says: 'an unknown origin, arguments of another form',
    measured: {
      how: 'such calls, caught, at either event, and one that is not caught',
      part: 'edge',
    },
  },
  {
    id: 'helper-access-control',
    page: PAGE,
    says: "a bucket's access control isn't inherited",
    measured: {
      how: 'a server in the place of the bucket, with nothing said of access control, and with it off',
      part: 'edge',
    },
  },
  {
    id: 'helper-last-wins',
    page: PAGE,
    says: 'the last call wins',
    measured: { how: 'two calls in one run, with paths of two origins', part: 'edge' },
  },
  {
    id: 'helper-test',
    page: PAGE,
    says: '`TestFunction` runs the helpers',
    measured: { how: 'an origin that no distribution has, in `TestFunction`', part: 'edge' },
  },
  {
    id: 'generated-no-response-function',
    page: PAGE,
    says: "doesn't run on an answer that",
    measured: {
      how: 'the viewer-request function of the scratch distribution answers by itself',
      part: 'edge',
    },
  },
  {
    id: 'response-sees-request',
    page: PAGE,
    says: 'sees the request as',
    measured: { how: 'viewer-request sets a header, and viewer-response shows it', part: 'edge' },
  },
  {
    id: 'test-event-context',
    page: PAGE,
    says: 'events given to `TestFunction`',
    measured: { how: '`rawQueryString`, looked for in a test and at the edge', part: 'edge' },
  },
  {
    id: 'values-not-decoded',
    page: PAGE,
    says: 'values of query parameters and cookies',
    measured: { how: '`?q=a%2Fb` and a cookie, shown by viewer-response', part: 'edge' },
  },
  {
    id: 'root-object',
    page: PAGE,
    says: '`DefaultRootObject` is put',
    measured: { how: '`/` with a root object, whose path the function shows', part: 'edge' },
  },
  {
    id: 'path-as-sent',
    page: PAGE,
    says: 'functions get the path as sent',
    measured: { how: '`/a%2Fb//c`, shown by the function', part: 'edge' },
  },
  {
    id: 'cache-key-origin',
    page: PAGE,
    says: 'who is asked is no part of it',
    measured: {
      how: 'a file that is kept of one origin, asked for with another one chosen',
      part: 'edge',
    },
  },
  {
    id: 'headers-of-errors',
    page: PAGE,
    says: 'they also apply to errors of the origin',
    measured: {
      how: "a file that isn't there, under a headers policy with `no-store`",
      part: 'edge',
    },
  },
  {
    id: 'server-down',
    page: PAGE,
    says: "a server that can't be reached is a 502",
    measured: {
      how: 'a server whose name has no address, and a port where nobody listens',
      part: 'edge',
    },
  },
];
