/** CloudFront's own module, and what the publisher puts into the file. */

declare module 'cloudfront' {
  interface KeyValueStore {
    /** Throws on a missing key. */
    get(key: string): Promise<string>;
  }
  const cloudfront: {
    /** The store that is associated with the function. */
    kvs(): KeyValueStore;
  };
  export default cloudfront;
}

declare const HEADGATE_FLOOR: import('../contract/route.ts').FloorTable;

/** ES5 has no Promise to construct; `async` needs its name. */
interface PromiseConstructor {
  new <T>(run: (resolve: (value: T) => void) => void): Promise<T>;
}
declare const Promise: PromiseConstructor;
