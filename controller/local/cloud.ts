import { createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { createCloudFront } from './cloudfront/cloudfront.ts';
import { startEdge } from './edge/edge.ts';
import { LOCAL_KEY } from './http/authorization.ts';
import { startServer } from './http/server.ts';
import { createS3 } from './s3/s3.ts';
import { createClock } from './state/clock.ts';
import { openDisk } from './state/disk.ts';
import { createSsm } from './ssm/ssm.ts';
import { createSts } from './sts/sts.ts';

export interface CloudOptions {
  /** Everything the cloud remembers is below it; opened again, it is the same cloud. */
  readonly directory: string;
  /** Of the AWS endpoint. Default 0: any free port. */
  readonly port?: number;
  /** Of the edge. Default 0: any free port. */
  readonly edgePort?: number;
  /** Divides how long things really take. Default 1. */
  readonly speed?: number;
  /** How long the edge keeps seeing the old KeyValueStore, before `speed`. Default 5. */
  readonly propagationSeconds?: number;
  readonly log?: (line: string) => void;
}

export interface Cloud {
  /** `http://localhost:<port>`, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly edgeUrl: string;
  /** What a child process needs to speak to this cloud instead of AWS. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts the AWS endpoint and the edge in this process, on loopback only. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const log = options.log ?? (() => {});
  const disk = openDisk(options.directory);
  const clock = createClock(options.speed ?? 1);
  const s3 = createS3({ disk, clock });
  const cloudWatch = createCloudWatch({ disk, clock });
  const propagationSeconds = options.propagationSeconds ?? 5;
  const cloudfront = createCloudFront({ disk, clock, propagationSeconds });
  const others = [createSsm({ disk, clock }), createSts(), ...cloudfront.services];
  const edge = await startEdge({ cloudfront, s3, clock, port: options.edgePort ?? 0, log });
  const server = await startServer({
    port: options.port ?? 0,
    clock,
    services: [s3, cloudWatch, ...others],
    anonymous: s3.anonymous,
    log,
  }).catch(async (error: unknown) => {
    // Its port is taken: nothing may stay behind that keeps the process alive.
    await edge.close();
    throw error;
  });

  const endpoint = `http://localhost:${server.port}`;
  return {
    endpoint,
    edgeUrl: edge.url,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: LOCAL_KEY,
      AWS_SECRET_ACCESS_KEY: LOCAL_KEY,
      AWS_REGION: 'us-east-1',
    },
    async close() {
      await Promise.all([server.close(), edge.close()]);
      cloudWatch.close();
    },
  };
}
