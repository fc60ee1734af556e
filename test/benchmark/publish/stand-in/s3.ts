import { createHash } from 'node:crypto';
import { headerOf, type Framed, type Head } from './frame.ts';
import type { Objects, StoredObject } from './objects.ts';
import { escapeXml, reply, replyError, replyXml, unescapeXml } from './reply.ts';
import type { Uploads } from './uploads.ts';

/** What publishers read again: manifests, leases, settings. */
const KEPT = /\.json$/;
const KEPT_BYTES = 8 * 2 ** 20;

interface Address {
  readonly key: string;
  readonly query: string;
}

interface Answer {
  /** What the request is called where requests are counted. */
  readonly kind: string;
  readonly text: string | Buffer;
}

/** Path-style: `/<bucket>/<key>?<query>`. There is one bucket, whatever it is called. */
function readAddress(target: string): Address {
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const slash = path.indexOf('/', 1);
  const key = slash < 0 ? '' : path.slice(slash + 1);
  return {
    key: key.includes('%') ? decodeURIComponent(key) : key,
    query: question < 0 ? '' : target.slice(question + 1),
  };
}

export function keepsBody({ method, target }: Head, size: number): boolean {
  if (method === 'POST') return true;
  return method === 'PUT' && size <= KEPT_BYTES && KEPT.test(readAddress(target).key);
}

/** No signature, no checksum, no permission: how fast a client is, not whether it is right. */
export function createS3(
  objects: Objects,
  { uploads, newEtag }: { uploads: Uploads; newEtag: () => string },
): (request: Framed) => Answer {
  function put(request: Framed, { key, query }: Address): Answer {
    const { head, size, body } = request;
    if (key === '') return { kind: 'bucket', text: reply(200) };
    const part = /(?:^|&)partNumber=(\d+)/.exec(query);
    if (part) {
      return { kind: 'part', text: uploads.put(uploadId(query), Number(part[1]), request) };
    }
    if (headerOf(head, 'if-none-match') === '*' && objects.get(key))
      return { kind: 'put', text: replyError(412, 'PreconditionFailed') };
    if (headerOf(head, 'x-amz-copy-source') !== undefined) return copy(request, key);
    const ifMatch = headerOf(head, 'if-match');
    if (ifMatch !== undefined && objects.get(key)?.etag !== ifMatch.replaceAll('"', ''))
      return { kind: 'put', text: replyError(412, 'PreconditionFailed') };
    const etag = etagOf(request, newEtag);
    objects.set(key, { size, etag, text: head.text, body });
    const sha256 = headerOf(head, 'x-amz-checksum-sha256');
    return {
      kind: 'put',
      text: reply(200, { ETag: `"${etag}"`, 'x-amz-checksum-sha256': sha256 }),
    };
  }

  function copy({ head }: Framed, key: string): Answer {
    const source = headerOf(head, 'x-amz-copy-source') ?? '';
    const from = objects.get(readAddress(`/${source.replace(/^\//, '')}`).key);
    const wanted = headerOf(head, 'x-amz-copy-source-if-match')?.replaceAll('"', '');
    if (!from) return { kind: 'copy', text: replyError(404, 'NoSuchKey') };
    if (wanted !== undefined && wanted !== from.etag)
      return { kind: 'copy', text: replyError(412, 'PreconditionFailed') };
    const replaces = headerOf(head, 'x-amz-metadata-directive') === 'REPLACE';
    objects.set(key, { ...from, ...(replaces && { text: head.text }) });
    const result = `<CopyObjectResult><ETag>"${from.etag}"</ETag></CopyObjectResult>`;
    return { kind: 'copy', text: replyXml(result) };
  }

  function get(request: Framed, { key, query }: Address): Answer {
    if (/(?:^|&)uploads(?:=|&|$)/.test(query)) return { kind: 'uploads', text: uploads.list() };
    if (query.includes('uploadId='))
      return { kind: 'parts', text: uploads.listParts(uploadId(query)) };
    if (key === '') return { kind: 'list', text: renderList(objects, query) };
    const object = objects.get(key);
    if (!object) return { kind: 'get', text: replyError(404, 'NoSuchKey') };
    // Bodies that nobody is expected to read: an answer that looked right would be worse.
    if (!object.body) return { kind: 'get', text: replyError(501, 'NotImplemented') };
    const start = reply(200, describe(object, request.head), { length: object.body.length });
    return { kind: 'get', text: Buffer.concat([Buffer.from(start), object.body]) };
  }

  function look(request: Framed, { key }: Address): Answer {
    if (key === '') return { kind: 'bucket', text: reply(200) };
    const object = objects.get(key);
    if (!object) return { kind: 'head', text: reply(404) };
    const fields = describe(object, request.head);
    return { kind: 'head', text: reply(200, fields, { length: object.size }) };
  }

  function post(request: Framed, { key, query }: Address): Answer {
    if (query.includes('uploadId='))
      return { kind: 'complete', text: uploads.complete(uploadId(query), request) };
    if (key !== '') return { kind: 'upload', text: uploads.begin(key, request) };
    const named = (request.body ?? Buffer.alloc(0)).toString().matchAll(/<Key>([^<]*)<\/Key>/g);
    for (const [, name = ''] of named) objects.delete(unescapeXml(name));
    return { kind: 'delete', text: replyXml('<DeleteResult></DeleteResult>') };
  }

  function remove({ key, query }: Address): Answer {
    if (query.includes('uploadId=')) return { kind: 'abort', text: uploads.abort(uploadId(query)) };
    objects.delete(key);
    return { kind: 'delete', text: reply(204) };
  }

  return (request) => {
    const address = readAddress(request.head.target);
    switch (request.head.method) {
      case 'PUT':
        return put(request, address);
      case 'HEAD':
        return look(request, address);
      case 'GET':
        return get(request, address);
      case 'POST':
        return post(request, address);
      case 'DELETE':
        return remove(address);
      default:
        return { kind: 'other', text: replyError(405, 'MethodNotAllowed') };
    }
  };
}

/** rclone compares it with the MD5 it sent; who sends none compares nothing, and hashing is what a stand-in has no time for. */
function etagOf({ head, body }: Framed, newEtag: () => string): string {
  const md5 = headerOf(head, 'content-md5');
  if (md5 !== undefined) return Buffer.from(md5, 'base64').toString('hex');
  return body ? createHash('md5').update(body).digest('hex') : newEtag();
}

function uploadId(query: string): string {
  return new URLSearchParams(query).get('uploadId') ?? '';
}

function describe({ etag, text }: StoredObject, asked: Head): Record<string, string | undefined> {
  const stored = { text };
  const metadata = [...text.matchAll(/\r\n(x-amz-meta-[^:]+): *([^\r]*)/gi)].map(
    ([, name = '', value = '']) => [name, value],
  );
  const sha256 = headerOf(stored, 'x-amz-checksum-sha256');
  return {
    ETag: `"${etag}"`,
    'Last-Modified': 'Sun, 01 Nov 2026 00:00:00 GMT',
    'Content-Type': headerOf(stored, 'content-type'),
    'Cache-Control': headerOf(stored, 'cache-control'),
    ...(headerOf(asked, 'x-amz-checksum-mode') !== undefined && {
      'x-amz-checksum-sha256': sha256,
    }),
    ...Object.fromEntries(metadata),
  };
}

/** ListObjectsV2; and version 1 for who asks for that, with the same pages. */
function renderList(objects: Objects, query: string): string {
  const asked = new URLSearchParams(query);
  const [prefix, delimiter] = [asked.get('prefix') ?? '', asked.get('delimiter') ?? ''];
  const token = asked.get('continuation-token') ?? asked.get('marker');
  const after = asked.get('start-after');
  const start = token === null || token === '' ? after && `${after}\0` : decodeToken(token);
  const limit = Math.min(Number(asked.get('max-keys') ?? 1000), 1000);
  const page = objects.list({ prefix, delimiter, from: start ?? '', limit });
  const isEncoded = asked.get('encoding-type') === 'url';
  const render = (text: string) =>
    isEncoded ? encodeURIComponent(text).replaceAll('%2F', '/') : escapeXml(text);
  const contents = page.keys.map((key) => {
    const { size = 0, etag = '' } = objects.get(key) ?? {};
    return `<Contents><Key>${render(key)}</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  });
  const prefixes = page.prefixes.map(
    (one) => `<CommonPrefixes><Prefix>${render(one)}</Prefix></CommonPrefixes>`,
  );
  const next = page.next === undefined ? '' : Buffer.from(page.next).toString('base64url');
  const follow = `<NextContinuationToken>${next}</NextContinuationToken><NextMarker>${next}</NextMarker>`;
  return replyXml(
    `<ListBucketResult><Prefix>${render(prefix)}</Prefix><KeyCount>${contents.length + prefixes.length}</KeyCount><MaxKeys>${limit}</MaxKeys>${isEncoded ? '<EncodingType>url</EncodingType>' : ''}<IsTruncated>${next !== ''}</IsTruncated>${next === '' ? '' : follow}${contents.join('')}${prefixes.join('')}</ListBucketResult>`,
  );
}

function decodeToken(token: string): string {
  return Buffer.from(token, 'base64url').toString();
}
