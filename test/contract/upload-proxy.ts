import { inspect } from 'node:util';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildClientConfig } from '../../controller/adapters/aws/client-config.ts';
import type { UploadStore } from '../../controller/ports/upload-store.ts';
import { makeCertificate } from '../controller/local/edge/certificate.ts';
import { startForwardProxy, type ForwardProxy } from '../fakes/proxy.ts';
import { startFaultyS3, type FaultyS3 } from '../fakes/s3-faults.ts';
import { hurry } from './upload-engine.ts';
import { makeUpload } from './upload-store.ts';

/** A name that only a proxy can find: it leads to the S3 behind it. */
const AWAY = 's3.away.invalid';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'token' };

/** As the environment of a shell would: in either case, what is not named is unset. */
export function stubProxies(variables: Readonly<Record<string, string>>): void {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'])
    for (const one of [name, name.toLowerCase()]) vi.stubEnv(one, variables[one]);
}

/** How every UploadStore goes through the proxies of the environment. */
export function checkUploadProxies(
  create: (client: S3Client, bucket: string) => UploadStore,
): void {
  let plain: { s3: FaultyS3; proxy: ForwardProxy };
  let secure: typeof plain;
  const clients: S3Client[] = [];

  const openAt = (more: S3ClientConfig, bucket: string): UploadStore => {
    const config = { ...buildClientConfig('us-east-1'), credentials: CREDENTIALS };
    const client = new S3Client({ ...config, ...more });
    hurry(client);
    clients.push(client);
    return create(client, bucket);
  };
  const open = (endpoint: string, forcePathStyle = true): UploadStore =>
    openAt({ endpoint, forcePathStyle }, 'acme');
  const createMany = (store: UploadStore, prefix: string) =>
    Promise.all(Array.from({ length: 20 }, (_, at) => store.create(makeUpload(`${prefix}/${at}`))));

  beforeAll(async () => {
    [plain, secure] = (await Promise.all(
      [undefined, makeCertificate()].map(async (tls) => {
        const s3 = await startFaultyS3(tls);
        return { s3, proxy: await startForwardProxy(Number(new URL(s3.endpoint).port)) };
      }),
    )) as [typeof plain, typeof plain];
  });
  beforeEach(() => {
    // Node warns of what a test of TLS can't do without.
    vi.spyOn(process, 'emitWarning').mockReturnValue();
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  afterAll(() =>
    Promise.all([plain, secure].flatMap(({ s3, proxy }) => [proxy.close(), s3.close()])),
  );

  it('asks a proxy for the whole URL over HTTP, with what is signed as it was', async () => {
    plain.proxy.want('ann:s@crét');
    stubProxies({ HTTP_PROXY: `http://ann:s%40cr%C3%A9t@${plain.proxy.host}` });
    const store = open(`http://${AWAY}:9000`);
    expect(await store.create(makeUpload('p/a b+ü'))).toMatchObject({ created: true });
    expect(await store.create(makeUpload('p/a b+ü'))).toEqual({ created: false });
    expect(await store.create(makeUpload('p/large', 'x'.repeat(3 * 2 ** 20)))).toMatchObject({
      created: true,
    });
    await createMany(store, 'p');
    plain.proxy.want(undefined);
    expect(plain.proxy.seen).toHaveLength(23);
    expect(plain.proxy.seen[0]).toMatch(
      new RegExp(`^PUT http://${AWAY}:9000/acme/p/a%20b%2B%C3%BC`),
    );
    const [first] = plain.s3.seen;
    expect(first).toMatchObject({
      headers: { host: `${AWAY}:9000` },
      path: '/acme/p/a%20b%2B%C3%BC',
    });
    expect(first?.headers['authorization']).toMatch(/SignedHeaders=[^,]*host/);
    // Kept connections: not one for each request.
    expect(plain.proxy.connections).toBeLessThan(23);
  });

  it('lets it connect HTTPS to the host of the bucket, and keeps the connections', async () => {
    stubProxies({ HTTPS_PROXY: secure.proxy.host });
    const store = open(`https://${AWAY}`, false);
    await createMany(store, 's');
    await createMany(store, 't');
    expect(secure.s3.stored.has('/t/19')).toBe(true);
    expect(secure.s3.seen[0]?.headers['host']).toBe(`acme.${AWAY}`);
    expect(new Set(secure.proxy.seen)).toEqual(new Set([`CONNECT acme.${AWAY}:443`]));
    expect(secure.proxy.seen.length).toBeLessThanOrEqual(20);
  });

  it.each([
    ['acme', {}, 'acme.s3.us-east-1.amazonaws.com', '/k'],
    // A dot more than AWS's certificate is for.
    ['acme.web', {}, 's3.us-east-1.amazonaws.com', '/acme.web/k'],
    ['acme', { endpoint: `https://${AWAY}:9000` }, `acme.${AWAY}:9000`, '/k'],
    ['acme', { endpoint: `https://${AWAY}`, forcePathStyle: true }, AWAY, '/acme/k'],
    ['acme.web', { endpoint: `https://${AWAY}/s3` }, AWAY, '/s3/acme.web/k'],
  ])('finds bucket %s of %o at %s%s', async (bucket, more, host, path) => {
    stubProxies({ HTTPS_PROXY: `http://${secure.proxy.host}` });
    await openAt({ forcePathStyle: false, ...more }, bucket).create(makeUpload('k'));
    expect(secure.s3.seen.at(-1)).toMatchObject({ path, headers: { host } });
    expect(secure.proxy.seen.at(-1)).toBe(`CONNECT ${host.includes(':') ? host : `${host}:443`}`);
  });

  it('leaves it out for hosts of NO_PROXY, and always for this machine', async () => {
    const [before, port] = [plain.proxy.seen.length, new URL(plain.s3.endpoint).port];
    // This machine, by a name that does not say so.
    const direct = `http://0.0.0.0:${port}`;
    stubProxies({ http_proxy: `http://${plain.proxy.host}`, no_proxy: '.example.com,0.0.0.0' });
    await open(direct).create(makeUpload('no/1'));
    await open(plain.s3.endpoint).create(makeUpload('no/2'));
    expect(plain.proxy.seen.length).toBe(before);
    stubProxies({ http_proxy: `http://${plain.proxy.host}`, no_proxy: '.example.com' });
    await open(direct).create(makeUpload('no/3'));
    await open(plain.s3.endpoint).create(makeUpload('no/4'));
    expect(plain.proxy.seen.slice(before)).toEqual([
      expect.stringMatching(`^PUT http://0.0.0.0:${port}/acme/no/3`),
    ]);
  });

  it('tries again when the proxy can not reach S3 for a moment', async () => {
    stubProxies({ ALL_PROXY: `http://${secure.proxy.host}` });
    secure.proxy.refuse(503, 502);
    const store = open(`https://${AWAY}`);
    expect(await store.create(makeUpload('again'))).toMatchObject({ created: true });
  });

  describe('says which variable names the proxy that', () => {
    const failOf = async (endpoint: string): Promise<{ text: string; next: unknown }> => {
      const error: unknown = await open(endpoint)
        .create(makeUpload('never'))
        .catch((thrown: unknown) => thrown);
      // The password is in none of it, however much of it is shown.
      expect(inspect(error, { depth: 8, showHidden: true })).not.toMatch(/s3cret|czNjcmV0/);
      return { text: String(error), next: Reflect.get(Object(error), 'next') };
    };

    it.each([
      ['HTTPS_PROXY', `https://${AWAY}`],
      ['HTTP_PROXY', `http://${AWAY}`],
      ['all_proxy', `https://${AWAY}`],
    ])('is not there: %s', async (variable, endpoint) => {
      stubProxies({ [variable]: 'http://:s3cret@127.0.0.1:1' });
      const { text, next } = await failOf(endpoint);
      expect(text).toMatch(
        `The proxy 127.0.0.1:1, which ${variable} names, does not answer (ECONNREFUSED).`,
      );
      expect(next).toMatch(/NO_PROXY/);
    });

    it.each(['http', 'https'] as const)('wants other credentials: %s', async (protocol) => {
      const { proxy } = protocol === 'http' ? plain : secure;
      proxy.want('ann:other');
      const variable = `${protocol}_proxy`;
      stubProxies({ [variable]: `http://ann:s3cret@${proxy.host}` });
      const { text } = await failOf(`${protocol}://${AWAY}`);
      proxy.want(undefined);
      expect(text).toMatch(`which ${variable} names, wants other credentials (HTTP 407)`);
    });

    it('does not let us out', async () => {
      stubProxies({ HTTPS_PROXY: `http://ann:s3cret@${secure.proxy.host}` });
      secure.proxy.refuse(403);
      const { text } = await failOf(`https://${AWAY}`);
      expect(text).toMatch(/which HTTPS_PROXY names, does not connect us to AWS \(HTTP 403\)/);
    });

    it('is none', async () => {
      stubProxies({ HTTPS_PROXY: 'socks5://ann:s3cret@127.0.0.1:1' });
      const { text } = await failOf(`https://${AWAY}`);
      expect(text).toMatch(/HTTPS_PROXY is not the URL of an HTTP proxy/);
    });
  });
}
