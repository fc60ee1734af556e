import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Command } from '../../../../controller/commands/command.ts';
import { HeadgateError } from '../../../../controller/core/errors.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { useCloud } from '../../adapters/aws/cloud-context.ts';

export const BUCKET = 'acme-web-builds';
export const PLACE = { bucket: BUCKET, region: undefined };

export type Files = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number;
  /** What was printed, or the message of a refusal. */
  readonly said: string;
  /** What was noted, or the next step of a refusal. */
  readonly notes: string;
}

/** A bucket on the local cloud for a file's tests; each test has an app and a directory of its own. */
export class AppSetting {
  readonly #held = useCloud();
  #client: S3Client | undefined;
  #parent = '';
  #apps = 0;
  app = '';

  constructor() {
    beforeAll(async () => {
      this.#client = new S3Client(this.#held.cloud.config());
      await this.#client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      this.#parent = await mkdtemp(join(tmpdir(), 'headgate-app-'));
    });
    afterAll(async () => {
      this.#client?.destroy();
      await rm(this.#parent, { recursive: true, force: true });
    });
    beforeEach(() => void (this.app = `shop-${++this.#apps}`));
  }

  get context(): Context {
    return this.#held.context;
  }

  /** Of an administrator: past every port. */
  get client(): S3Client {
    if (this.#client === undefined) throw new Error('the cloud starts with the first test');
    return this.#client;
  }

  /** Of the app; `name`: another one of it. */
  directory(name = ''): string {
    return join(this.#parent, this.app + name);
  }

  /** Adds files to a directory; returns that. */
  async write(files: Files, name?: string): Promise<string> {
    const directory = this.directory(name);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    return directory;
  }

  /** A command of this app. `through`: what stands in the place of the usual. */
  async run(
    command: Command,
    positionals: readonly string[],
    values: Readonly<Record<string, unknown>> = {},
    through: Partial<Context> = {},
  ): Promise<Ran> {
    const printed: string[] = [];
    const notes: string[] = [];
    const terminal = {
      interactive: false,
      print: (text: string) => void printed.push(text),
      note: (text: string) => void notes.push(text),
      progress: () => {},
      summary: async () => {},
    };
    const given = { positionals, values: { bucket: BUCKET, app: this.app, ...values } as never };
    try {
      const code = await command.run(given, { ...this.context, terminal, ...through });
      return { code, said: printed.join('\n'), notes: notes.join('\n') };
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error;
      return { code: error.exitCode, said: error.message, notes: error.next };
    }
  }
}

/** Ports are loaded by their first call, so they can't be spread. */
export function overlay<Port extends object>(port: Port, ours: Partial<Port>): Port {
  return new Proxy(port, {
    get: (_, verb) => Reflect.get(Object.hasOwn(ours, verb) ? ours : port, verb),
  });
}
