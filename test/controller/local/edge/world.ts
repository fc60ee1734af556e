import '@aws-sdk/signature-v4a';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { startEdge, type Edge } from '../../../../controller/local/edge/edge.ts';
import { startServer } from '../../../../controller/local/http/server.ts';
import { openServices } from '../../../../controller/local/open-services.ts';
import { createClock } from '../../../../controller/local/state/clock.ts';

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Endpoint and edge with a clock that tests move: nothing here waits for real time. */
export interface World {
  readonly directory: string;
  readonly cloudFront: CloudFrontClient;
  readonly cloudWatch: CloudWatchClient;
  readonly cloudWatchLogs: CloudWatchLogsClient;
  readonly keyValueStore: CloudFrontKeyValueStoreClient;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly dynamoDb: DynamoDBClient;
  readonly ssm: SSMClient;
  /** The same in EDGE_REGION. */
  readonly away: {
    readonly cloudWatch: CloudWatchClient;
    readonly cloudWatchLogs: CloudWatchLogsClient;
    readonly ssm: SSMClient;
  };
  readonly edge: Edge;
  /** What functions logged, newest last. */
  readonly logs: readonly string[];
  advance(seconds: number): void;
  /** Sends a request to the edge; `host` in the headers chooses the distribution. */
  send(
    path: string,
    headers: Record<string, string>,
    method?: string,
    body?: string,
  ): Promise<Answer>;
  close(): Promise<void>;
}

export const PROPAGATION_SECONDS = 5;
/** Where Lambda@Edge functions run. */
export const EDGE_REGION = 'eu-west-1';

export async function startWorld(kept?: string): Promise<World> {
  const directory = kept ?? (await mkdtemp(join(tmpdir(), 'headgate-edge-')));
  let offset = 0;
  const clock = { speed: 1, now: () => new Date(Date.now() + offset) };
  const logs: string[] = [];
  const log = (line: string) => void logs.push(line);
  const environment: Record<string, string> = {};
  const parts = openServices({
    directory,
    clock,
    log,
    environment: () => environment,
    propagationSeconds: PROPAGATION_SECONDS,
    edgeRegion: EDGE_REGION,
  });
  const server = await startServer({
    port: 0,
    // Signatures are of the real time.
    clock: createClock(1),
    services: parts.services,
    anonymous: parts.s3.anonymous,
    log: () => {},
  });
  Object.assign(environment, {
    AWS_ENDPOINT_URL: `http://localhost:${server.port}`,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const edge = await startEdge({ ...parts, ...parts.reports, clock, port: 0, log });
  const clients = createClients(server.port);
  const away = createClients(server.port, EDGE_REGION);
  return {
    ...clients,
    away,
    directory,
    edge,
    logs,
    advance: (seconds) => void (offset += seconds * 1000),
    send: (path, headers, method = 'GET', body = '') =>
      send(edge.port, { path, headers, method, body }),
    async close() {
      for (const client of [clients, away].flatMap(Object.values)) client.destroy();
      await Promise.all([server.close(), edge.close(), parts.close()]);
      if (kept === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

function createClients(port: number, region = 'us-east-1') {
  const config = {
    endpoint: `http://localhost:${port}`,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const keyValueStore = new CloudFrontKeyValueStoreClient(config);
  // The client puts the account id before the host; `<account>.localhost` may not resolve.
  keyValueStore.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { hostname: 'localhost' });
      return next(args);
    },
    { step: 'build' },
  );
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  return {
    cloudFront: new CloudFrontClient(config),
    cloudWatch: new CloudWatchClient(config),
    cloudWatchLogs: new CloudWatchLogsClient(config),
    ssm: new SSMClient(config),
    keyValueStore,
    s3,
    lambda: new LambdaClient(config),
    dynamoDb: new DynamoDBClient(config),
  };
}

function send(
  port: number,
  given: { path: string; headers: Record<string, string>; method: string; body: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, ...given }, (incoming) => {
      const { statusCode = 0, statusMessage = '' } = incoming;
      buffer(incoming).then(
        (body) =>
          resolve({
            status: statusCode,
            reason: statusMessage,
            headers: incoming.headers,
            text: body.toString('utf8'),
          }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(given.body);
  });
}
