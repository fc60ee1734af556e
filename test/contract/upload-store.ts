import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { ConflictError, HeadgateError, UnansweredError } from '../../controller/core/errors.ts';
import { hashOf } from '../../controller/core/publish/layout.ts';
import type { Copy, Upload, UploadStore } from '../../controller/ports/upload-store.ts';
import { refuse, reset, resetAfterStoring, silence, type FaultyS3 } from '../fakes/s3-faults.ts';

/** An HTML page with its build's number. */
export function makeUpload(key: string, text = '<h1>Shop</h1>'): Upload {
  const body = Buffer.from(text);
  return {
    key,
    body,
    contentType: 'text/html; charset=utf-8',
    cacheControl: 'no-cache',
    sha256: hashOf(body),
    metadata: { 'headgate-build': '1' },
  };
}

/** The page of an upload as that of another build. */
function makeCopy(of: Upload, key: string): Copy {
  const { contentType, cacheControl, sha256 } = of;
  const etag = createHash('md5').update(of.body).digest('hex');
  const metadata = { 'headgate-build': '2' };
  return { key, source: of.key, etag, contentType, cacheControl, sha256, metadata };
}

const ETAG = '6756ce184109d1ec81d4324f7dea8652';

/** What every UploadStore does with a bucket of S3. */
export function checkUploadStore(open: () => UploadStore): void {
  it('creates once, and describes what is there in our words', async () => {
    const upload = makeUpload('shop/builds/1/index.html');
    const { key, contentType, cacheControl, sha256, metadata, body } = upload;
    expect(await open().create(upload)).toEqual({ created: true, etag: ETAG });
    const other = { ...upload, contentType: 'text/plain' };
    expect(await open().create(other)).toEqual({ created: false });
    const described = { size: 13, etag: ETAG, sha256, contentType, cacheControl, metadata };
    expect(await open().describe(key)).toEqual(described);
    expect(Buffer.from((await open().read(key))!)).toEqual(body);
  });

  it.each([
    'a b+c/ü%.html',
    "!'()*~-_.html",
    'u\u0308 decomposed',
    '../dots/./and//slashes/',
    '%41?x=1&y#z',
    `${'long/'.repeat(204)}1024`,
    '日本語/emoji 😀',
    'a:b@c,d;e=f$g[h]{i}|j^k`l"m<n>\\o',
  ])('stores %s under that name', async (name) => {
    const upload = makeUpload(name, name);
    expect(await open().create(upload)).toMatchObject({ created: true });
    expect(Buffer.from((await open().read(name)) ?? []).toString()).toBe(name);
    expect(await open().create(upload)).toEqual({ created: false });
    expect(await open().keys('')).toContain(name);
    const copy = makeCopy(upload, `${name.slice(0, 1_000)} twice`);
    expect(await open().copy(copy)).toMatchObject({ created: true });
    expect(Buffer.from((await open().read(copy.key)) ?? []).toString()).toBe(name);
  });

  it('stores nothing at all, and a megabyte', async () => {
    for (const [key, size] of [
      ['empty', 0],
      ['large', 2 ** 20],
    ] as const) {
      await open().create(makeUpload(key, 'x'.repeat(size)));
      expect((await open().describe(key))?.size).toBe(size);
    }
  });

  it('lets one of many writers of a key win', async () => {
    const tries = Array.from({ length: 20 }, (_, index) =>
      open().create(makeUpload('contended', String(index))),
    );
    const won = (await Promise.all(tries)).filter(({ created }) => created);
    expect(won).toHaveLength(1);
  });

  it('copies an object under headers of its own, and only where nothing is', async () => {
    const upload = makeUpload('shop/builds/1/page.html');
    await open().create(upload);
    const copy = { ...makeCopy(upload, 'shop/builds/2/page.html'), cacheControl: 'max-age=60' };
    expect(await open().copy(copy)).toEqual({ created: true, etag: ETAG });
    const { contentType, cacheControl, sha256, metadata } = copy;
    const described = { size: 13, etag: ETAG, sha256, contentType, cacheControl, metadata };
    expect(await open().describe(copy.key)).toEqual(described);
    expect(await open().copy({ ...copy, metadata: {} })).toEqual({ created: false });
    expect(await open().describe(copy.key)).toEqual(described);
  });

  it('copies nothing from a source that is gone or another, nor believes wrong bytes', async () => {
    const upload = makeUpload('source');
    await open().create(upload);
    const copy = makeCopy(upload, 'target');
    expect(await open().copy({ ...copy, source: 'none' })).toBe('changed');
    expect(await open().copy({ ...copy, etag: '0'.repeat(32) })).toBe('changed');
    expect(await open().describe('target')).toBeUndefined();
    await expect(open().copy({ ...copy, sha256: '00'.repeat(32) })).rejects.toThrow(/other bytes/);
  });

  it('refuses bytes that are not those of the checksum', async () => {
    const upload = { ...makeUpload('spoiled'), sha256: '00'.repeat(32) };
    await expect(open().create(upload)).rejects.toThrow();
    expect(await open().describe('spoiled')).toBeUndefined();
  });
}

/** What every UploadStore does with a network and an S3 that have their days. `open`: for this endpoint. */
export function checkUploadFaults(
  open: () => { store: UploadStore; s3: FaultyS3; client: S3Client },
): void {
  let keys = 0;
  const next = (): Upload => makeUpload(`fault/${(keys += 1)}`);

  it('sends everything that S3 checks and keeps, with every try', async () => {
    const { store, s3 } = open();
    s3.fail(refuse(500, 'InternalError'));
    const upload = next();
    await store.create(upload);
    for (const { headers, body, path } of s3.seen.slice(-2)) {
      expect(path).toBe(`/acme/${upload.key}`);
      expect(body).toEqual(upload.body);
      expect(headers).toMatchObject({
        host: new URL(s3.endpoint).host,
        'content-type': upload.contentType,
        'cache-control': 'no-cache',
        'content-length': '13',
        'if-none-match': '*',
        'x-amz-checksum-sha256': Buffer.from(upload.sha256, 'hex').toString('base64'),
        'x-amz-meta-headgate-build': '1',
        'x-amz-security-token': 'token',
      });
    }
  });

  it.each([
    ['503 SlowDown', refuse(503, 'SlowDown')],
    ['500 InternalError', refuse(500, 'InternalError')],
    ['503 without a body', refuse(503, '')],
    ['400 RequestTimeout', refuse(400, 'RequestTimeout')],
    ['409 ConditionalRequestConflict', refuse(409, 'ConditionalRequestConflict')],
    ['an error with 200', refuse(200, 'InternalError')],
    ['a reset connection', reset],
    ['silence', silence],
  ])('goes on after %s', async (_, fault) => {
    const { store, s3 } = open();
    s3.fail(fault, fault);
    const upload = next();
    expect(await store.create(upload)).toEqual({ created: true, etag: ETAG });
    expect(s3.stored.get(`/acme/${upload.key}`)).toEqual(upload.body);
  });

  it('gets all through that S3 puts off while it has too much to do', async () => {
    const { store, s3 } = open();
    const tries = new Map<string, number>();
    s3.guard(({ path }) => {
      const nth = (tries.get(path) ?? 0) + 1;
      tries.set(path, nth);
      return nth <= 2 ? refuse(503, 'SlowDown') : undefined;
    });
    const uploads = Array.from({ length: 30 }, next);
    await Promise.all(uploads.map((upload) => store.create(upload)));
    s3.guard(undefined);
    expect(uploads.filter(({ key }) => !s3.stored.has(`/acme/${key}`))).toEqual([]);
  });

  it.each([
    ['503 SlowDown', refuse(503, 'SlowDown')],
    ['an error with 200', refuse(200, 'InternalError')],
    ['409 ConditionalRequestConflict', refuse(409, 'ConditionalRequestConflict')],
    ['a reset connection', reset],
  ])('goes on with a copy after %s', async (_, fault) => {
    const { store, s3 } = open();
    const upload = next();
    await store.create(upload);
    s3.fail(fault, fault);
    const copy = makeCopy(upload, `${upload.key} again`);
    expect(await store.copy(copy)).toEqual({ created: true, etag: ETAG });
    expect(s3.stored.get(`/acme/${upload.key}%20again`)).toEqual(upload.body);
    expect(s3.seen.at(-1)?.headers).toMatchObject({
      'content-type': copy.contentType,
      'cache-control': 'no-cache',
      'x-amz-meta-headgate-build': '2',
      'x-amz-security-token': 'token',
    });
  });

  it('says of a copy that it may not which two permissions it takes', async () => {
    const { store, s3 } = open();
    s3.fail(refuse(403, 'AccessDenied'));
    const copying = store.copy(makeCopy(next(), 'denied'));
    await expect(copying).rejects.toThrow(/s3:PutObject, or s3:GetObject on what is copied/);
  });

  it('takes a 412 that names no condition for a source that changed', async () => {
    const { store, s3 } = open();
    s3.fail(refuse(412, 'PreconditionFailed'));
    expect(await store.copy(makeCopy(next(), 'unnamed'))).toBe('changed');
  });

  it('has the bytes sent where the bucket takes no copies', async () => {
    const { store, s3 } = open();
    s3.fail(refuse(501, 'NotImplemented'));
    expect(await store.copy(makeCopy(next(), 'uncopied'))).toBe('changed');
    expect(s3.seen.at(-1)?.method).toBe('PUT');
  });

  it('finds its own object when the answer was lost: taken, for the caller to compare', async () => {
    const { store, s3 } = open();
    s3.fail(resetAfterStoring);
    expect(await store.create(next())).toEqual({ created: false });
  });

  it('corrects its clock by that of S3, and stays right', async () => {
    const { store, s3, client } = open();
    s3.setClock(3_600_000);
    const before = s3.seen.length;
    expect(await store.create(next())).toMatchObject({ created: true });
    expect(await store.create(next())).toMatchObject({ created: true });
    expect(s3.seen.length - before).toBe(3);
    s3.setClock(0);
    client.config.systemClockOffset = 0;
  });

  describe('gives up, and says why', () => {
    it.each([
      ['SlowDown', 503, UnansweredError, /after several tries: SlowDown/],
      ['AccessDenied', 403, HeadgateError, /may not do s3:PutObject on s3:\/\/acme\/fault/],
      ['NoSuchBucket', 404, HeadgateError, /no bucket acme/],
      ['InvalidAccessKeyId', 403, HeadgateError, /does not accept the credentials/],
      ['ExpiredToken', 400, HeadgateError, /credentials have expired/],
      ['PermanentRedirect', 301, HeadgateError, /wrong region/],
      ['ConditionalRequestConflict', 409, ConflictError, /at the same moment/],
    ])('%s (%i)', async (code, status, kind, message) => {
      const { store, s3 } = open();
      s3.guard(() => refuse(status, code, { 'x-amz-bucket-region': 'eu-west-1' }));
      const creating = store.create(next());
      await expect(creating).rejects.toThrow(message);
      await expect(creating).rejects.toBeInstanceOf(kind);
      s3.guard(undefined);
    });
  });
}
