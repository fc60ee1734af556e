declare module 'proxy-from-env' {
  /** '' where HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in either case, want none. */
  export function getProxyForUrl(url: string): string;
}
