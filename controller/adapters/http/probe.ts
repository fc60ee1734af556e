import type { Probe } from '../../ports/probe.ts';
import { exchange } from './exchange.ts';

/** What a browser sends when it opens a page; uncompressed, so that the body can be read. */
const PAGE = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'accept-encoding': 'identity',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

/** `endpoint`: where all requests go instead, with the host they are meant for: a local edge, a proxy. */
export function createProbe(endpoint: string | undefined): Probe {
  // No throw: a wrong variable must not keep the guard from planning a rollback.
  const isWrong = endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint);
  return {
    async get(url, { cookie, timeoutMilliseconds }) {
      if (isWrong) {
        const error = `HEADGATE_EDGE_ENDPOINT is "${endpoint}", not a URL such as http://localhost:4581`;
        return { error };
      }
      const headers = { ...PAGE, ...(cookie !== undefined && { cookie }) };
      try {
        return await exchange({ url, method: 'GET', headers, endpoint, timeoutMilliseconds });
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
