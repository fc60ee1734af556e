import { startEdge, type Edge } from './edge/edge.ts';
import { LOCAL_KEY } from './http/authorization.ts';
import { startServer } from './http/server.ts';
import { openServices, type ServicesOptions } from './open-services.ts';
import { createClock } from './state/clock.ts';

/** Where clients start; every region is there. */
const REGION = 'us-east-1';

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
  /** Where Lambda@Edge functions run: their `AWS_REGION`. Default us-east-1. */
  readonly edgeRegion?: string;
  /** How often each event of EventBridge reaches each target: it promises at least once. Default 1. */
  readonly eventCopies?: number;
  readonly log?: (line: string) => void;
  /** The keys of issuers of web identity tokens, by URL: STS fetches none. Default: no issuer. */
  readonly issuers?: ServicesOptions['issuers'];
  /** Told of every permission that a request needs, before it is answered. */
  readonly onRequest?: ServicesOptions['onRequest'];
}

export interface Cloud {
  /** `http://localhost:<port>`, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly edgeUrl: string;
  /** What the edge did since the start, by `<distribution id> <path pattern>`. */
  readonly stats: Edge['stats'];
  /** Time and memory of CloudFront Functions since the start, by name. */
  readonly functionUse: Edge['functionUse'];
  /** What a child process needs to speak to this cloud instead of AWS. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts the AWS endpoint and the edge in this process, on loopback only. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const log = options.log ?? (() => {});
  const clock = createClock(options.speed ?? 1);
  // Functions are told where the endpoint is, which is known once it listens.
  const environment: Record<string, string> = {};
  const { directory, propagationSeconds = 5, edgeRegion = REGION, eventCopies } = options;
  const { issuers, onRequest } = options;
  const settings = { directory, propagationSeconds, edgeRegion, eventCopies, issuers, onRequest };
  const parts = openServices({ ...settings, clock, log, environment: () => environment });
  const { s3, services, guard, cloudFormation, close } = parts;
  const { anonymous } = s3;
  const door = { clock, services, guard, anonymous, log };
  const server = await startServer({ ...door, port: options.port ?? 0 });
  const endpoint = `http://localhost:${server.port}`;
  Object.assign(environment, environmentFor(endpoint));
  cloudFormation.resume();
  const edgeParts = { ...parts, ...parts.reports, clock, log };
  const edge = await startEdge({ ...edgeParts, port: options.edgePort ?? 0 }).catch(
    async (error: unknown) => {
      // Its port is taken: nothing may stay behind that keeps the process alive.
      await cloudFormation.close();
      await Promise.all([server.close(), close()]);
      throw error;
    },
  );
  return {
    endpoint,
    edgeUrl: edge.url,
    stats: edge.stats,
    functionUse: edge.functionUse,
    environment,
    async close() {
      // It asks the other services through the same door.
      await cloudFormation.close();
      await Promise.all([server.close(), edge.close()]);
      await close();
    },
  };
}

function environmentFor(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: LOCAL_KEY,
    AWS_SECRET_ACCESS_KEY: LOCAL_KEY,
    AWS_REGION: REGION,
    // Of version 1 of the AWS CLI, which knows no other.
    AWS_DEFAULT_REGION: REGION,
  };
}
