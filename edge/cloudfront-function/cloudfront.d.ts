/** CloudFront's own module, and what the publisher puts into the file. */

declare module 'cloudfront' {
  interface KeyValueStore {
    /** Throws on a missing key. */
    get(key: string): Promise<string>;
  }
  /** What isn't given is as at the origin of the behaviour. */
  interface RequestOrigin {
    readonly domainName: string;
    readonly hostHeader: string;
    readonly originAccessControlConfig: { readonly enabled: false };
    readonly customOriginConfig: {
      readonly port: number;
      readonly protocol: 'https';
      readonly sslProtocols: readonly string[];
    };
  }
  const cloudfront: {
    /** The store that is associated with the function. */
    kvs(): KeyValueStore;
    /** One of the distribution's own; throws when it has none with this id. */
    selectRequestOriginById(id: string): void;
    updateRequestOrigin(origin: RequestOrigin): void;
  };
  export default cloudfront;
}

/** The team's own viewer-request code, which `composeEdge` brings. */
declare module 'headgate:before' {
  type Given = import('./event.ts').CloudFrontRequest | import('./event.ts').CloudFrontResponse;
  export function before(
    event: import('./event.ts').RequestEvent,
  ): Given | undefined | Promise<Given | undefined>;
}

declare module 'crypto' {
  interface Hmac {
    update(text: string): Hmac;
    digest(encoding: 'base64url'): string;
  }
  const crypto: { createHmac(algorithm: 'sha256', key: string): Hmac };
  export default crypto;
}

declare const HEADGATE_FLOOR: import('../contract/route.ts').FloorTable;

/** Into CloudWatch Logs, with the request's id in front. */
declare const console: { log(text: string): void };

/** ES5 has no Promise to construct; `async` needs its name. */
interface PromiseConstructor {
  new <T>(run: (resolve: (value: T) => void) => void): Promise<T>;
}
declare const Promise: PromiseConstructor;
