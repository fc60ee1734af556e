import type { Webhook } from '../../ports/webhook.ts';
import { exchange } from './exchange.ts';

export function createWebhook(): Webhook {
  return {
    async post(url, { headers, body, timeoutMilliseconds }) {
      const length = String(Buffer.byteLength(body));
      const all = { ...headers, 'content-length': length };
      try {
        return await exchange({ url, method: 'POST', headers: all, body, timeoutMilliseconds });
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
