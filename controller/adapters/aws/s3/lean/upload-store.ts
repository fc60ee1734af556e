import type { S3Client } from '@aws-sdk/client-s3';
import { setTimeout as delay } from 'node:timers/promises';
import type { Copy, Upload, UploadStore } from '../../../../ports/upload-store.ts';
import { checkCopied, COPY_ACTION } from '../copy-object.ts';
import { Renewal } from '../../renew-credentials.ts';
import { explain } from '../objects.ts';
import { createUploadStore } from '../upload-store.ts';
import { createSend, type Send, type Timeouts } from './send.ts';
import { Signer } from './signer.ts';
import { findTarget } from './target.ts';
import {
  judgeAnswer,
  judgeCopy,
  judgeSilence,
  type Mend,
  type Settled,
  type Verdict,
} from './verdict.ts';
import { Window } from './window.ts';

type Created = Awaited<ReturnType<UploadStore['create']>>;
type Copied = Awaited<ReturnType<UploadStore['copy']>>;

/** For tests that can't wait. */
interface Options {
  readonly timeouts?: Timeouts;
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** All that a create needs, found out once. */
interface Line {
  readonly signer: Signer;
  readonly renewal: Renewal;
  readonly send: Send;
  readonly region: string;
}

interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly sdk: UploadStore;
}

/** One object to make, and who else can. */
interface Task<Result> {
  readonly wish: Upload | Copy;
  readonly action: string;
  readonly judge: typeof judgeAnswer;
  readonly settle: (verdict: Settled) => Result;
  readonly leave: () => Promise<Result>;
}

/** With `pause` between them, half a minute in all at the worst. */
const TRIES = 8;
const PAUSE = { first: 100, longest: 5_000 };

/**
 * The SDK's store with a `create` and a `copy` that spend a third of its processor time per object: 10,000 small
 * files are bound by that. Whatever it can't do (signatures other than SigV4, redirects to another region) the SDK does.
 */
export function createLeanUploadStore(
  client: S3Client,
  name: string,
  options: Options = {},
): UploadStore {
  const sdk = createUploadStore(client, name);
  const lean = new LeanWrites({ client, name, sdk }, options);
  return {
    ...sdk,
    create: (upload) => lean.create(upload),
    copy: (copy) => lean.copy(copy),
  };
}

class LeanWrites {
  readonly #bucket: Bucket;
  readonly #options: Options;
  readonly #window = new Window();
  #line: Promise<Line | undefined> | undefined;

  constructor(bucket: Bucket, options: Options) {
    this.#bucket = bucket;
    this.#options = options;
  }

  create(upload: Upload): Promise<Created> {
    return this.#make({
      wish: upload,
      action: 's3:PutObject',
      judge: judgeAnswer,
      settle: (made) =>
        made.kind === 'created' ? { created: true, etag: made.etag } : { created: false },
      leave: () => this.#bucket.sdk.create(upload),
    });
  }

  copy(copy: Copy): Promise<Copied> {
    return this.#make<Copied>({
      wish: copy,
      action: COPY_ACTION,
      judge: judgeCopy,
      settle(made) {
        if (made.kind !== 'created')
          return made.kind === 'changed' ? 'changed' : { created: false };
        checkCopied(copy, made.sha256);
        return { created: true, etag: made.etag };
      },
      leave: () => this.#bucket.sdk.copy(copy),
    });
  }

  async #make<Result>(task: Task<Result>): Promise<Result> {
    try {
      const line = await (this.#line ??= this.#findLine());
      return await (line ? this.#makeOn(line, task) : task.leave());
    } catch (error) {
      throw explain(error, this.#bucket, { action: task.action, key: task.wish.key });
    }
  }

  async #findLine(): Promise<Line | undefined> {
    const { client, name } = this.#bucket;
    const target = await findTarget(client, name).catch((error: unknown) => {
      // Credentials that could not be had may be there for the next.
      this.#line = undefined;
      throw error;
    });
    if (!target) return undefined;
    const send = createSend(target, this.#options.timeouts);
    const signer = new Signer(client, target);
    return { signer, renewal: Renewal.of(client), send, region: target.region };
  }

  async #makeOn<Result>(line: Line, task: Task<Result>): Promise<Result> {
    const mended = new Set<Mend>();
    let tries = 1;
    for (;;) {
      const { count } = line.renewal;
      const { verdict, date } = await this.#try(line, task);
      if (isSettled(verdict)) return task.settle(verdict);
      if (verdict.kind === 'mend' && !mended.has(verdict.what)) {
        mended.add(verdict.what);
        if (verdict.what === 'region') return this.#followRegion(line, task, verdict.error);
        if (verdict.what === 'clock') line.signer.correctClock(date);
        else await line.renewal.renew(count);
      } else {
        if (verdict.kind !== 'again' || tries === TRIES) throw verdict.error;
        await this.#pause(tries);
        tries += 1;
      }
    }
  }

  async #try(
    line: Line,
    { wish, judge }: Pick<Task<unknown>, 'wish' | 'judge'>,
  ): Promise<{ verdict: Verdict; date: string | undefined }> {
    const turn = await this.#window.enter();
    let outcome: 'fine' | 'slow' | 'other' = 'other';
    try {
      const answer = await line.send(await line.signer.sign(wish, this.#bucket.name));
      const verdict = judge(answer, line.region);
      if (isSettled(verdict)) outcome = 'fine';
      if (verdict.kind === 'again' && verdict.slow) outcome = 'slow';
      return { verdict, date: answer.headers.date };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { verdict: judgeSilence(error), date: undefined };
    } finally {
      this.#window.leave(turn, outcome);
    }
  }

  /** The SDK's client follows where it may, and remembers: the next create asks it again. */
  async #followRegion<Result>(line: Line, task: Task<Result>, error: Error): Promise<Result> {
    if (!this.#bucket.client.config.followRegionRedirects) throw error;
    const made = await task.leave();
    // Others of those that were under way may have found the new one already.
    if ((await this.#line) === line) this.#line = undefined;
    return made;
  }

  /** A random part of a limit that doubles: runners that were refused together don't come back together. */
  async #pause(tries: number): Promise<void> {
    const limit = Math.min(PAUSE.longest, PAUSE.first * 2 ** (tries - 1));
    await (this.#options.pause ?? delay)(Math.random() * limit);
  }
}

function isSettled(verdict: Verdict): verdict is Settled {
  return ['created', 'taken', 'changed'].includes(verdict.kind);
}
