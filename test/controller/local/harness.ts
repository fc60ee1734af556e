import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCloud, type Cloud, type CloudOptions } from '../../../controller/local/cloud.ts';

export interface TestCloud extends Cloud {
  readonly directory: string;
  /** Spread it into any SDK client's configuration. */
  config(region?: string): ClientConfig;
  /** Stops the cloud and removes its directory unless the caller chose it. */
  close(): Promise<void>;
}

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly forcePathStyle: true;
  readonly maxAttempts: 1;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A local cloud on random ports in a directory of its own. */
export async function startTestCloud(options: Partial<CloudOptions> = {}): Promise<TestCloud> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'headgate-cloud-')));
  const cloud = await startCloud({ ...options, directory });
  return {
    ...cloud,
    directory,
    config: (region = 'us-east-1') => ({
      endpoint: cloud.endpoint,
      region,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
    async close() {
      await cloud.close();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}
