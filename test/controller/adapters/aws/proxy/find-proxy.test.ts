import { afterEach, expect, it, vi } from 'vitest';
import { addressOf, findProxy } from '../../../../../controller/adapters/aws/proxy/find-proxy.ts';
import { stubProxies } from '../../../../contract/upload-proxy.ts';

afterEach(() => vi.unstubAllEnvs());

/** `host:port` of the proxy for this URL, by which variable, and `-` for none. */
function find(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  const proxy = findProxy({ protocol, hostname, port: port === '' ? undefined : Number(port) });
  return proxy ? `${proxy.variable} ${proxy.url.origin}` : '-';
}

const BUCKET = 'https://acme.s3.eu-west-1.amazonaws.com';

it.each([
  [{}, BUCKET, '-'],
  [{ HTTPS_PROXY: 'http://p:3128' }, BUCKET, 'HTTPS_PROXY http://p:3128'],
  [{ HTTPS_PROXY: 'p:3128' }, BUCKET, 'HTTPS_PROXY http://p:3128'],
  [{ HTTPS_PROXY: 'https://p' }, BUCKET, 'HTTPS_PROXY https://p'],
  [{ HTTPS_PROXY: 'http://p', https_proxy: 'http://q' }, BUCKET, 'https_proxy http://q'],
  [{ HTTP_PROXY: 'http://p' }, BUCKET, '-'],
  [{ HTTP_PROXY: 'http://p', ALL_PROXY: 'http://q' }, BUCKET, 'ALL_PROXY http://q'],
  [{ HTTP_PROXY: 'http://p' }, 'http://minio.example.com:9000', 'HTTP_PROXY http://p'],
  [{ HTTPS_PROXY: 'http://p', NO_PROXY: '*' }, BUCKET, '-'],
  [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'localhost, .amazonaws.com' }, BUCKET, '-'],
  [{ HTTPS_PROXY: 'http://p', NO_PROXY: '*.amazonaws.com:443' }, BUCKET, '-'],
  [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'amazonaws.com' }, BUCKET, 'HTTPS_PROXY http://p'],
  [{ ALL_PROXY: 'http://p' }, 'http://127.0.0.1:4566', '-'],
  [{ ALL_PROXY: 'http://p' }, 'http://[::1]:4566', '-'],
  [{ ALL_PROXY: 'http://p' }, 'http://cloud.localhost:4566', '-'],
  [{ ALL_PROXY: 'http://p' }, 'http://[2001:db8::1]:4566', 'ALL_PROXY http://p'],
  [{ ALL_PROXY: 'https://p' }, 'https://p', '-'],
])('of %o for %s: %s', (variables, url, found) => {
  stubProxies(variables);
  expect(find(url)).toBe(found);
});

it.each([
  ['s%40cret', 's@cret'],
  ['100%', '100%'],
])('knows a proxy by its address alone, and itself by its password %s', (written, password) => {
  stubProxies({ HTTPS_PROXY: `http://ann:${written}@[2001:db8::2]` });
  const proxy = findProxy({ protocol: 'https:', hostname: 's3.example.com' });
  expect(proxy && addressOf(proxy)).toEqual({
    protocol: 'http:',
    hostname: '2001:db8::2',
    port: 80,
    headers: { 'proxy-authorization': `Basic ${btoa(`ann:${password}`)}` },
  });
});

it.each(['socks5://ann:s3cret@p:1080', 'http://ann:s3cret@', 'ann:s3cret@p:x'])(
  'says what is wrong with %s without showing it',
  (value) => {
    stubProxies({ HTTPS_PROXY: value });
    expect(() => find(BUCKET)).toThrow('HTTPS_PROXY is not the URL of an HTTP proxy.');
  },
);
