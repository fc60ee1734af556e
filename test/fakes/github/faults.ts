/** What GitHub does to a request instead of answering it, or after it. */
export type Fault =
  /** Never answers; the connection stays open. */
  | 'hang'
  /** Answers 502 from its load balancer, as HTML. */
  | 'bad-gateway'
  /** Carries it out, and the answer gets lost. */
  | 'lost-answer'
  /** The hourly limit is used up: until `x-ratelimit-reset`. */
  | 'primary-rate-limit'
  /** Too much at once: `retry-after` says how long. */
  | 'secondary-rate-limit'
  /** The token's permissions are not enough. */
  | 'no-scope';

export interface Faults {
  /** For the next `times` requests (default: all) of these routes; a route may be cut, as `POST /repos/{owner}/{repo}/deployments`. */
  set(fault: Fault, options?: FaultOptions): void;
  clear(): void;
  /** The next fault of a route; used up by asking. */
  take(route: string): Planned | undefined;
}

export interface FaultOptions {
  readonly route?: string;
  readonly times?: number;
  /** Until the limit is over; default 60 for the primary and 1 for the secondary one. */
  readonly seconds?: number;
}

export interface Planned {
  readonly fault: Fault;
  readonly seconds: number | undefined;
}

export function createFaults(): Faults {
  const planned: (Planned & { readonly route: string; left: number })[] = [];
  return {
    set: (fault, { route = '', times = Infinity, seconds } = {}) => {
      planned.push({ fault, route, seconds, left: times });
    },
    clear: () => void planned.splice(0),
    take(route) {
      const found = planned.find((one) => one.left > 0 && route.startsWith(one.route));
      if (found !== undefined) found.left -= 1;
      return found;
    },
  };
}
