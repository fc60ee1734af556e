import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { publishBuild } from '../../../../../controller/commands/publish/publish-build.ts';
import type { PublishResult } from '../../../../../controller/core/publish/report.ts';
import type { Context } from '../../../../../controller/ports/context.ts';
import type { PublishNotes } from '../../../../../controller/ports/publish-notes.ts';
import type { Clock } from '../../../../../controller/ports/surroundings.ts';
import type { UploadStore } from '../../../../../controller/ports/upload-store.ts';
import { useCloud } from '../../../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-web-builds';
export const PLACE = { bucket: BUCKET, region: undefined };

type Files = Readonly<Record<string, string>>;

type Digest = Context['files']['digest'];

export interface Publishing {
  readonly build?: string;
  readonly base?: string;
  /** Told of each look (HEAD) and create before it goes out. */
  readonly before?: (verb: 'describe' | 'create', key: string) => Promise<void> | void;
  readonly clock?: Clock;
  /** What stands in the place of hashing. */
  readonly digest?: Digest;
  /** What stands in the place of the notes. */
  readonly notes?: Partial<PublishNotes>;
}

/** The whole publish on the local cloud; each test has an app and a directory of its own. */
export class Setting {
  readonly #held = useCloud();
  #parent = '';
  #apps = 0;
  notes: string[] = [];
  app = '';

  constructor() {
    beforeAll(async () => {
      const client = new S3Client(this.#held.cloud.config());
      await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      client.destroy();
      this.#parent = await mkdtemp(join(tmpdir(), 'headgate-flow-'));
    });
    afterAll(() => rm(this.#parent, { recursive: true, force: true }));
    beforeEach(() => {
      this.app = `shop-${++this.#apps}`;
      this.notes = [];
    });
  }

  get context() {
    return this.#held.context;
  }

  get store(): PublishNotes {
    return this.context.publishNotes(PLACE);
  }

  get collections() {
    return this.context.collections(PLACE);
  }

  get directory(): string {
    return join(this.#parent, this.app);
  }

  async write(files: Files): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.directory, path)), { recursive: true });
      await writeFile(join(this.directory, path), content);
    }
  }

  remove(path: string): Promise<void> {
    return rm(join(this.directory, path));
  }

  publish({
    build = '1',
    base,
    before,
    clock,
    digest,
    notes = {},
  }: Publishing = {}): Promise<PublishResult> {
    const { context, app, directory } = this;
    const note = (text: string): void => void this.notes.push(text);
    const terminal = { ...context.terminal, note, progress: () => {} };
    const uploads: typeof context.uploads = (place) => {
      const store = context.uploads(place);
      const create: UploadStore['create'] = async (upload) => {
        await before?.('create', upload.key);
        return store.create(upload);
      };
      const describe: UploadStore['describe'] = async (key) => {
        await before?.('describe', key);
        return store.describe(key);
      };
      return overlay(store, { create, describe });
    };
    const publishNotes: typeof context.publishNotes = (place) =>
      overlay(context.publishNotes(place), notes);
    const files = overlay(context.files, digest === undefined ? {} : { digest });
    return publishBuild(
      { directory, place: PLACE, app, build, base },
      { ...context, files, terminal, uploads, publishNotes, clock: clock ?? context.clock },
    );
  }
}

/** Ports are loaded by their first call, so they can't be spread. */
function overlay<Port extends object>(port: Port, ours: Partial<Port>): Port {
  return new Proxy(port, {
    get: (_, verb) => Reflect.get(Object.hasOwn(ours, verb) ? ours : port, verb),
  });
}

/** What goes over the wire meanwhile, of either engine: `PUT /acme-web-builds/shop/...`. */
export async function watch(work: () => Promise<unknown>): Promise<readonly string[]> {
  const seen: string[] = [];
  const note = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    seen.push(`${request.method} ${decodeURIComponent(request.path)}`);
  };
  subscribe('http.client.request.start', note);
  try {
    await work();
  } finally {
    unsubscribe('http.client.request.start', note);
  }
  return seen;
}
