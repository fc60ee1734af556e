/** What no price page says. Change a number here, and the page with it: `npm test -- costs -u`. */

/** Of one view of a page. */
export const VIEW = {
  /** The page itself. */
  documents: 1,
  /** Files whose names carry no hash. */
  unpooled: 2,
  pooled: 17,
  /** Share of its requests that CloudFront doesn't have. */
  missed: 0.05,
  /** A visitor's session is five pages. */
  sessions: 0.2,
} as const;

export const EDGE_GIGABYTES = 0.125;

/** How long Lambda@Edge is billed for a run. A wait for a table or a parameter is billed as work is. */
export const EDGE_SECONDS = {
  viewerRequest: 0.005,
  viewerRequestThatWaits: 0.02,
  originRequest: 0.002,
  viewerResponse: 0.002,
} as const;

/** Regions of a sessions table. */
export const TABLE_REGIONS = 2;

/** Minutes of a month of 30 days: so often the fast lane is woken by `rate(1 minute)`. */
export const MONTH_MINUTES = 43_200;

/** Most runs of the fast lane find nothing to do; measured on the local cloud they take a second or two. */
export const LANE = { seconds: 2, gigabytes: 0.5 } as const;

/** Builds that a team publishes, and rollouts that it makes, in a month; routes of a rollout: three steps and the end. */
export const TEAM = {
  builds: 60,
  rollouts: 20,
  routesOfRollout: 4,
  /** Steps of 10 and 30 minutes, and an hour of bake. */
  minutesOfRollout: 100,
} as const;

/** Of the schedule in reconcile.yml, the shortest that GitHub allows. */
export const RECONCILE_MINUTES = 5;
