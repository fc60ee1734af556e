import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markerOf } from '../../../controller/adapters/aws/s3/large/marker.ts';
import { say, type Answer, type Meet } from '../../end-to-end/publish-faults/network.ts';
import { full } from '../../depth.ts';
import {
  BYTES,
  hashParts,
  makeLarge,
  openStage,
  PART,
  readAll,
  type CreateStore,
  type Stage,
} from './stage.ts';

/** HEAD, ListMultipartUploads, Create, the marker, two parts, Complete. */
const REQUESTS = 7;
const indexes = Array.from({ length: REQUESTS }, (_, index) => index);
const ETAG = `${hashParts('md5', BYTES)}-2`;
const SHA256 = hashParts('sha256', BYTES);

/** What every UploadStore does with what is sent in parts. */
export function checkLargeUploads(createStore: CreateStore): void {
  let stage: Stage;
  let keys = 0;
  const nextKey = (): string => `shop/pool/assets/film-${(keys += 1)}.mp4`;
  const sentParts = () => stage.done.filter(({ what }) => what.startsWith('UploadPart'));

  beforeAll(async () => {
    stage = await openStage(createStore);
  });
  afterAll(() => stage.close());

  /** By the checksum of checksums, which S3 makes of the bytes it has. */
  async function expectWhole(key: string): Promise<void> {
    const { contentType, cacheControl, metadata, size } = makeLarge(key);
    const described = {
      size,
      etag: ETAG,
      partsSha256: SHA256,
      contentType,
      cacheControl,
      metadata,
    };
    expect(await stage.open().describe(key)).toEqual(described);
  }

  it('creates once, of parts, and describes what is there', async () => {
    const key = nextKey();
    const sent: number[] = [];
    const upload = { ...makeLarge(key), progress: (bytes: number) => void sent.push(bytes) };
    expect(await stage.open().createLarge(upload)).toEqual({ created: true, etag: ETAG });
    expect(sent.toSorted((a, b) => a - b)).toEqual([1000, PART]);
    await expectWhole(key);
    stage.done.length = 0;
    expect(await stage.open().createLarge(makeLarge(key))).toEqual({ created: false });
    expect(stage.done).toEqual([{ what: 'HEAD', bytes: 0 }]);
    expect(await stage.send('GET', '?uploads')).not.toContain('<Upload>');
  });

  describe('cut off at any request', () => {
    const some = full ? indexes : [4];

    it.each(some)('%i, the next run sends what is missing', async (index) => {
      const key = nextKey();
      const dying: Meet = async (asked, s3) => {
        if (asked.index < index) return s3();
        if (asked.index === index) await s3();
        return say(403, 'AccessDenied');
      };
      stage.done.length = 0;
      await stage
        .open(dying)
        .createLarge(makeLarge(key))
        .catch(() => undefined);
      await stage.open().createLarge(makeLarge(key));
      const names = sentParts().map(({ what }) => what);
      expect(new Set(names).size).toBe(names.length);
      await expectWhole(key);
    });

    it.each(some)('%i, once: the same run gets over it', async (index) => {
      const lost: Meet = async (asked, s3) => {
        if (asked.index === index) await s3();
        return asked.index === index || asked.index === index + 1 ? 'cut' : s3();
      };
      const key = nextKey();
      await stage.open(lost).createLarge(makeLarge(key));
      await expectWhole(key);
    });
  });

  it('does not go on with what was begun with other headers, or of other bytes', async () => {
    const key = nextKey();
    const begin = async (change: object) => {
      const meet: Meet = ({ call }, s3) =>
        call.startsWith('POST') && begun ? Promise.resolve(say(403, 'AccessDenied')) : s3();
      let begun = false;
      const upload = { ...makeLarge(key), ...change, progress: () => void (begun = true) };
      await expect(stage.open(meet).createLarge(upload)).rejects.toThrow(/may not do/);
    };
    await begin({ contentType: 'video/webm' });
    if (full) {
      await begin({ metadata: { 'headgate-build': '7' } });
      await begin({ sha256: '00'.repeat(32) });
    }
    stage.done.length = 0;
    expect(await stage.open().createLarge(makeLarge(key))).toMatchObject({ created: true });
    expect(sentParts()).toHaveLength(3);
    await expectWhole(key);
  });

  it('does not call an object its own that was begun by a liar', async () => {
    const key = nextKey();
    const { number, body, sha256 } = markerOf(makeLarge(key));
    const headers = { 'x-amz-checksum-algorithm': 'SHA256', 'content-type': 'text/html' };
    const begun = await stage.send('POST', `/${key}?uploads=`, { headers });
    const [, id = ''] = /<UploadId>(\w+)</.exec(begun) ?? [];
    await stage.send('PUT', `/${key}?partNumber=${number}&uploadId=${id}`, {
      headers: { 'x-amz-checksum-sha256': sha256 },
      body: Buffer.from(body),
    });
    expect(await stage.open().createLarge(makeLarge(key))).toEqual({ created: false });
    expect((await stage.open().describe(key))?.contentType).toBe('text/html');
  });

  it('sends a part anew that has other bytes', async () => {
    const key = nextKey();
    const spoiled = Buffer.from(BYTES).fill('x', 0, 10);
    const others = { ...makeLarge(key, spoiled), sha256: makeLarge(key).sha256 };
    const last: Meet = ({ call, index }, s3) =>
      index > 4 && call.startsWith('POST') ? Promise.resolve('cut' as const) : s3();
    await stage
      .open(last)
      .createLarge(others)
      .catch(() => undefined);
    stage.done.length = 0;
    expect(await stage.open().createLarge(makeLarge(key))).toMatchObject({ created: true });
    expect(sentParts()).toEqual([{ what: 'UploadPart 1', bytes: PART }]);
    await expectWhole(key);
  });

  it.each(full ? [3, 4, 5, 6] : [6])(
    'begins again when its upload is aborted before request %i',
    async (index) => {
      const key = nextKey();
      const abort = async () => {
        const listed = await stage.send('GET', `?uploads&prefix=${key}`);
        const [, id = ''] = /<UploadId>(\w+)</.exec(listed) ?? [];
        await stage.send('DELETE', `/${key}?uploadId=${id}`);
      };
      let aborting: Promise<void> | undefined;
      const meet: Meet = async (asked, s3) => {
        if (asked.index === index) await (aborting = abort());
        return s3();
      };
      expect(await stage.open(meet).createLarge(makeLarge(key))).toMatchObject({ created: true });
      expect(aborting).toBeDefined();
      await expectWhole(key);
    },
  );

  it('lets one of several runners win, who may share an upload', async () => {
    const key = nextKey();
    const runners = [0, 1].map(() => stage.open().createLarge(makeLarge(key)));
    const outcomes = await Promise.all(runners);
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    await expectWhole(key);
  });

  describe('when it asks to complete', () => {
    const answering = (answer: Answer): Meet => {
      let left = 1;
      return async ({ call, index }, s3) =>
        call.startsWith('POST') && index > 4 && left-- > 0 ? answer : s3();
    };

    const answers = [
      ['500 InternalError', say(500, 'InternalError'), 3],
      ['an error with 200', say(200, 'InternalError'), 3],
      ['409, which S3 wants to be begun again', say(409, 'ConditionalRequestConflict'), 6],
      ['InvalidPart: another runner has sent it since', say(400, 'InvalidPart'), 3],
      ['nothing at all with 200', { status: 200 }, 3],
    ] as const;

    it.each(full ? answers : answers.slice(1, 4))('and S3 says %s', async (_, answer, parts) => {
      const key = nextKey();
      stage.done.length = 0;
      const store = stage.open(answering(answer));
      expect(await store.createLarge(makeLarge(key))).toEqual({ created: true, etag: ETAG });
      expect(sentParts()).toHaveLength(parts);
      await expectWhole(key);
    });

    it('and the key is taken meanwhile', async () => {
      const key = nextKey();
      const meet: Meet = async ({ call, index }, s3) => {
        if (call.startsWith('POST') && index > 4) await stage.send('PUT', `/${key}`);
        return s3();
      };
      expect(await stage.open(meet).createLarge(makeLarge(key))).toEqual({ created: false });
      expect((await stage.open().describe(key))?.size).toBe(0);
    });
  });

  it('completes nothing when the file changes, and says what it may not do', async () => {
    const key = nextKey();
    const read = async () => Promise.reject(new Error('film.mp4 changed'));
    const changing = stage.open().createLarge({ ...makeLarge(key), read });
    await expect(changing).rejects.toThrow('film.mp4 changed');
    expect(await stage.open().describe(key)).toBeUndefined();
    const denied: Meet = async ({ call }, s3) =>
      call === 'GET /acme' || call === 'GET /acme/' ? say(403, 'AccessDenied') : s3();
    const refused = stage.open(denied).createLarge(makeLarge(key));
    await expect(refused).rejects.toThrow(/s3:ListBucketMultipartUploads on bucket acme/);
  });

  it('reads on where a connection ended', async () => {
    const key = nextKey();
    await stage.open().createLarge(makeLarge(key));
    let gets = 0;
    const meet: Meet = async ({ call }, s3) => {
      const answer = await s3();
      if (answer === 'cut' || !call.startsWith('GET') || (gets += 1) > 2) return answer;
      return { ...answer, pieces: breakOff([...(answer.pieces ?? [])]) };
    };
    expect((await readAll(stage.open(meet), key))?.equals(BYTES)).toBe(true);
    expect(gets).toBe(3);
    expect(await stage.open().stream('none')).toBeUndefined();
  });
}

function* breakOff(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  yield Buffer.concat(pieces).subarray(0, 1_000_000);
  throw new Error('the connection ends');
}
