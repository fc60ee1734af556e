import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A scripted AWS: what the local cloud can't be asked to do, such as being slow or broken. */

export interface AwsRequest {
  /** `GetParameter`; of S3 the path. */
  readonly operation: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Text or bytes are S3's object, anything else JSON. Throws: 400 with that message. undefined: the connection breaks. */
export type Answering = (request: AwsRequest) => unknown;

export interface ScriptedAws {
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: AwsRequest[];
  close(): Promise<void>;
}

export async function startAws(answer: Answering): Promise<ScriptedAws> {
  const requests: AwsRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const reply = async () => {
      const request = await read(incoming);
      requests.push(request);
      try {
        const output = await answer(request);
        if (output === undefined) incoming.socket.destroy();
        else if (typeof output === 'string' || output instanceof Uint8Array) {
          outgoing.setHeader('content-type', 'text/html').end(output);
        } else outgoing.end(JSON.stringify(output));
      } catch (error) {
        outgoing.writeHead(400).end(String(error));
      }
    };
    void reply();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    environment: { AWS_ENDPOINT_URL: `http://localhost:${port}`, AWS_REGION: 'us-east-1' },
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(incoming: IncomingMessage): Promise<AwsRequest> {
  const { url = '', headers } = incoming;
  const body = await text(incoming);
  const target = headers['x-amz-target'];
  // `Credential=local/20260921/us-east-1/ssm/aws4_request`
  const region = /Credential=\w+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  return {
    operation: typeof target === 'string' ? (target.split('.')[1] ?? '') : url,
    region,
    input: (body === '' ? {} : JSON.parse(body)) as AwsRequest['input'],
  };
}

export const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));
