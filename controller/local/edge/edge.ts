import { randomBytes } from 'node:crypto';
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { CloudFront } from '../cloudfront/cloudfront.ts';
import type { FunctionMeter } from '../function-runtime/runtime.ts';
import { listen } from '../http/listen.ts';
import type { LambdaRuntime } from '../lambda-runtime/runtime.ts';
import type { S3 } from '../s3/s3.ts';
import type { CloudClock } from '../service.ts';
import { createAnswerer } from './answer.ts';
import { createMeters, type FunctionUse } from './meters.ts';
import type { BehaviourStats } from './stats.ts';
import { errorPage, readViewer, type ViewerAnswer } from './viewer.ts';

export interface EdgeOptions {
  readonly cloudfront: CloudFront;
  readonly s3: Pick<S3, 'readAs'>;
  readonly lambda: LambdaRuntime;
  readonly clock: CloudClock;
  /** 0: any free port. */
  readonly port: number;
  /** Gets what functions log and why they fail. */
  readonly log: (line: string) => void;
  /** Gets every run of a published function, for its metrics and logs. */
  readonly functionRan?: ((run: FunctionRunAtEdge) => void) | undefined;
  /** Gets every failed run of a Lambda@Edge function, for the metrics of its distribution. */
  readonly lambdaFailed?: ((failure: LambdaEdgeFailure) => void) | undefined;
}

export interface LambdaEdgeFailure {
  readonly distributionId: string;
  readonly by: 'execution' | 'limit' | 'validation';
}

export interface FunctionRunAtEdge extends FunctionMeter {
  readonly name: string;
  readonly failedBy: 'execution' | 'validation' | undefined;
  readonly requestId: string;
  readonly distributionId: string;
  readonly logs: readonly string[];
  /** Whether there is a `console.log` in the code at all. */
  readonly isPrinting: boolean;
}

export interface Edge {
  /** `http://localhost:<port>`; the Host header chooses the distribution. */
  readonly url: string;
  readonly port: number;
  /** Counters since the start, by `<distribution id> <path pattern>`. */
  stats(): Readonly<Record<string, BehaviourStats>>;
  /** Time and memory of CloudFront Functions since the start, by name. */
  functionUse(): Readonly<Record<string, FunctionUse>>;
  close(): Promise<void>;
}

/** Serves every distribution that was configured through the endpoint, on loopback only. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const meters = createMeters(options.log);
  const functionRan = (run: FunctionRunAtEdge) => {
    meters.add(run);
    options.functionRan?.(run);
  };
  const answerer = createAnswerer({ ...options, functionRan });
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const requestId = `${randomBytes(40).toString('base64url')}==`;
    const write = (answer: ViewerAnswer) =>
      writeAnswer(outgoing, incoming.method ?? 'GET', withOwnHeaders(answer, requestId));
    try {
      write(await answerer.answer(await readViewer(incoming), requestId));
    } catch (error) {
      // Also what node:http refuses to send, like a line break in a status description.
      options.log(error instanceof Error ? String(error.stack) : String(error));
      write(errorPage(502, 'The local edge could not answer; its log says why.'));
    }
  };
  const server = await listen(options.port, () =>
    createServer((incoming, outgoing) => void serve(incoming, outgoing)),
  );
  const url = `http://localhost:${server.port}`;
  return {
    url,
    port: server.port,
    stats: answerer.stats,
    functionUse: meters.all,
    close: () => server.close(),
  };
}

function withOwnHeaders(answer: ViewerAnswer, requestId: string): ViewerAnswer {
  const headers = {
    ...answer.headers,
    via: '1.1 headgate.cloudfront.localhost (CloudFront)',
    'x-amz-cf-id': requestId,
    'x-amz-cf-pop': 'LOCAL-P1',
  };
  return { ...answer, headers };
}

function writeAnswer(outgoing: ServerResponse, method: string, answer: ViewerAnswer): void {
  const { status, reason, headers, body } = answer;
  const isBodiless = status === 204 || status === 304;
  const length = isBodiless ? {} : { 'content-length': String(body.length) };
  const all = { ...(headers as Record<string, string | string[]>), ...length };
  outgoing.writeHead(status, reason ?? STATUS_CODES[status] ?? '', all);
  outgoing.end(isBodiless || method === 'HEAD' ? undefined : body);
}
