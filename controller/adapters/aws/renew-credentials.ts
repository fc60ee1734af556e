import type { S3Client } from '@aws-sdk/client-s3';
import { readField, readText } from './fields.ts';

/** `TokenRefreshRequired` is S3's own. */
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);

/** Renews a client's credentials before the time that they name is over: for clocks that differ, and roles that are ended. */
export class Renewal {
  static readonly #known = new WeakMap<object, Renewal>();
  readonly #client: S3Client;
  #count = 0;
  #done: Promise<unknown> = Promise.resolve();

  constructor(client: S3Client) {
    this.#client = client;
  }

  /** One for all who use a client. */
  static of(client: S3Client): Renewal {
    const known = Renewal.#known.get(client) ?? new Renewal(client);
    Renewal.#known.set(client, known);
    return known;
  }

  /** How often it was done. */
  get count(): number {
    return this.#count;
  }

  /** `count`: when the request went out that AWS called expired. Asks once, however many were under way. */
  async renew(count: number): Promise<void> {
    if (count === this.#count) {
      this.#count += 1;
      this.#done = this.#client.config.credentials({ forceRefresh: true });
    }
    await this.#done;
  }
}

/** The SDK asks for new credentials by the clock alone; from now on also when AWS calls them expired, once per request. */
export function renewExpired(client: S3Client): S3Client {
  const renewal = Renewal.of(client);
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const { count } = renewal;
      try {
        return await next(args);
      } catch (error) {
        if (!isExpired(error, context)) throw error;
        await renewal.renew(count);
        return next(args);
      }
    },
    { step: 'initialize', name: 'renewExpired' },
  );
  return client;
}

/** The answer to a HEAD has no body that could say why it is a 400 (documented: an expired token is one). */
function isExpired(error: unknown, context: object): boolean {
  if (EXPIRED.has(readText(error, 'name') ?? '')) return true;
  const isHead = readText(context, 'commandName')?.startsWith('Head') === true;
  return isHead && readField(error, '$metadata', 'httpStatusCode') === 400;
}
