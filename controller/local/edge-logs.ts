import { randomUUID } from 'node:crypto';
import type { FunctionRunAtEdge } from './edge/edge.ts';
import type { LogPlace } from './lambda-runtime/run-log.ts';
import type { Logs } from './logs/logs.ts';
import type { CloudClock } from './service.ts';

export interface EdgeLogs {
  functionRan(run: FunctionRunAtEdge): void;
  /** Also of functions that aren't at the edge. */
  lambdaLogged(place: LogPlace, entries: readonly string[]): void;
}

/** CloudFront's logs live there, wherever the edge is. */
const REGION = 'us-east-1';

/**
 * What functions write. CloudFront Functions into `/aws/cloudfront/function/<name>`: between a START
 * and an END line, the request's id in front of each, and only when the code has a `console.log`.
 */
export function createEdgeLogs(logs: Pick<Logs, 'write'>, clock: CloudClock): EdgeLogs {
  const streams = new Map<string, string>();
  return {
    functionRan({ name, requestId, distributionId, logs: printed, isPrinting }) {
      if (!isPrinting) return;
      const now = clock.now();
      const day = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()].join('/');
      // A stream per function and day; on AWS there are more, of which nobody knows the number.
      const key = `${name} ${day}`;
      const stream = streams.get(key) ?? `${day}/${randomUUID()}`;
      streams.set(key, stream);
      const lines = [`START DistributionID: ${distributionId}`, ...printed, 'END'];
      const entries = lines.map((line) => `${requestId} ${line}`);
      logs.write({ region: REGION, group: `/aws/cloudfront/function/${name}`, stream }, entries);
    },
    lambdaLogged(place, entries) {
      // As on AWS, each entry ends in a line break.
      const ended = entries.map((entry) => `${entry}\n`);
      logs.write(place, ended);
    },
  };
}
