/** What runs at the edge for a view of a page, in ours and in others' designs. */
import { EDGE_GIGABYTES, EDGE_SECONDS, TABLE_REGIONS, VIEW } from './assumptions.ts';
import type { Bill } from './prices.ts';

export interface Design {
  readonly name: string;
  /** What it does for how many of a view's requests. */
  readonly what: string;
  /** Of one view, beside what CloudFront asks for its requests. */
  readonly view: Bill;
}

const APP = VIEW.documents + VIEW.unpooled;
const ALL = APP + VIEW.pooled;

/** Requests of a view that CloudFront is paid for in every design. */
export const REQUESTS_OF_VIEW = ALL;

export const DESIGNS: readonly Design[] = [
  {
    name: 'Headgate, `cloudfront-functions`',
    what: `two functions and a read of the KeyValueStore for ${APP} requests; pooled files run nothing`,
    view: { functionRun: 2 * APP, storeRead: APP },
  },
  {
    name: 'Headgate, `lambda-edge`',
    what: `the route is in memory; viewer-request and viewer-response for ${APP} requests, origin-request where they miss`,
    view: runAtEdge({ requests: APP, viewerRequest: EDGE_SECONDS.viewerRequest }),
  },
  {
    name: 'Headgate, `lambda-edge` with `sessions`',
    what: 'as above; each page reads the nearest replica, each session is written once',
    view: {
      ...runAtEdge({ requests: APP, viewerRequest: EDGE_SECONDS.viewerRequest }),
      ...askTable(VIEW.documents),
    },
  },
  {
    name: 'Versioned folders, Lambda@Edge, SSM',
    what: `no pool: viewer-request and viewer-response for ${ALL} requests, origin-request where they miss; the pointer is in memory`,
    view: runAtEdge({ requests: ALL, viewerRequest: EDGE_SECONDS.viewerRequest }),
  },
  {
    name: 'Lambda@Edge, a session of DynamoDB for each request',
    what: `no pool: the same for ${ALL} requests, each of which waits for the table`,
    view: {
      ...runAtEdge({ requests: ALL, viewerRequest: EDGE_SECONDS.viewerRequestThatWaits }),
      ...askTable(ALL),
    },
  },
  {
    name: "Queue-it's connector on Lambda@Edge",
    what: `viewer-request and viewer-response for ${APP} requests, where files with a hash have a behaviour without it; Queue-it's own fee isn't public`,
    view: runAtEdge({ requests: APP, viewerRequest: EDGE_SECONDS.viewerRequest, missed: 0 }),
  },
  {
    name: "CloudFront's continuous deployment",
    what: 'runs nothing. No price was found for it; up to 15 %, no HTTP/3, at peak times perhaps nobody',
    view: {},
  },
];

function runAtEdge(run: {
  readonly requests: number;
  readonly viewerRequest: number;
  /** Share of the requests that an origin-request function sees. */
  readonly missed?: number;
}): Bill {
  const misses = run.requests * (run.missed ?? VIEW.missed);
  const seconds =
    run.requests * (run.viewerRequest + EDGE_SECONDS.viewerResponse) +
    misses * EDGE_SECONDS.originRequest;
  return { edgeRun: 2 * run.requests + misses, edgeGigabyteSecond: seconds * EDGE_GIGABYTES };
}

/** A read that may be a moment old is half a unit; a write is one in each region. */
function askTable(reads: number): Bill {
  return { tableRead: reads / 2, tableWrite: VIEW.sessions * TABLE_REGIONS };
}
