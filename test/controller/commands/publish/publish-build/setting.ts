import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { publishBuild } from '../../../../../controller/commands/publish/publish-build.ts';
import type { PublishResult } from '../../../../../controller/core/publish/report.ts';
import type { Context } from '../../../../../controller/ports/context.ts';
import type { PublishNotes } from '../../../../../controller/ports/publish-notes.ts';
import type { Clock } from '../../../../../controller/ports/surroundings.ts';
import type { UploadStore } from '../../../../../controller/ports/upload-store.ts';
import { AppSetting, overlay, PLACE } from '../app-setting.ts';

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

export const APP = {
  'index.html': '<h1>Shop</h1>',
  'assets/app-1.js': 'one',
  'assets/lib-1.js': 'lib',
};
const NEXT = { 'index.html': '<h1>Shop 2</h1>', 'assets/app-2.js': 'two' };

/** The whole publish on the local cloud. */
export class Setting extends AppSetting {
  notes: string[] = [];

  constructor() {
    super();
    beforeEach(() => void (this.notes = []));
  }

  get store(): PublishNotes {
    return this.context.publishNotes(PLACE);
  }

  get collections() {
    return this.context.collections(PLACE);
  }

  /** Build 1 is published; the directory has the next one, of which one pooled file is new. */
  async publishTwo(): Promise<void> {
    await this.write(APP);
    await this.publish();
    await this.remove('assets/app-1.js');
    await this.write(NEXT);
  }

  remove(path: string): Promise<void> {
    return rm(join(this.directory(), path));
  }

  publish({
    build = '1',
    base,
    before,
    clock,
    digest,
    notes = {},
  }: Publishing = {}): Promise<PublishResult> {
    const { context, app } = this;
    const directory = this.directory();
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
