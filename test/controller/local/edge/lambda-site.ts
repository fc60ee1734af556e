import type { EventType, Method } from '@aws-sdk/client-cloudfront';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { functionZip } from '../lambda/archive.ts';
import { distribute, type DistributionParts } from './account.ts';
import type { World } from './world.ts';

/** An origin that tells what it was asked. */
export async function startTellingOrigin() {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    outgoing.setHeader('set-cookie', ['a=1', 'b=2']);
    void text(incoming).then((body) =>
      outgoing.end(JSON.stringify({ method, url, headers, body })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** Publishes the body of a handler as a function; it has `event`, `request`, `response` and `runs`. */
export async function publishHandler(world: World, name: string, body: string): Promise<string> {
  const source = `let runs = 0;
    exports.handler = async (event) => {
      runs += 1;
      const { request, response } = event.Records[0].cf;
      ${body}
    };`;
  return await publishSource(world, name, source);
}

export async function publishSource(
  world: World,
  name: string,
  source: string,
  Timeout = 3,
): Promise<string> {
  const { FunctionArn } = await world.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: 'arn:aws:iam::123456789012:role/edge',
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Timeout,
      Publish: true,
      Code: { ZipFile: functionZip(source) },
    }),
  );
  world.advance(1);
  return String(FunctionArn);
}

/** The source of a self-contained function: its imports are in it. */
export async function bundleHandler(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  return outputFiles[0]?.text ?? '';
}

export type Handlers = Partial<Record<EventType, string>>;
export type SiteParts = Partial<DistributionParts> & { readonly includeBody?: boolean };

/** Serves `<name>.test` with these handlers. */
export async function serveWith(world: World, name: string, handlers: Handlers, parts: SiteParts) {
  const Items = await Promise.all(
    Object.entries(handlers).map(async ([event, body]) => ({
      EventType: event as EventType,
      LambdaFunctionARN: await publishHandler(world, `${name}-${event}`, body),
      IncludeBody: parts.includeBody === true && event.endsWith('-request'),
    })),
  );
  const lambdas = { LambdaFunctionAssociations: { Quantity: Items.length, Items } };
  const host = `${name}.test`;
  const made = await distribute(world, {
    host,
    ...parts,
    behaviour: { ...parts.behaviour, ...lambdas },
  });
  return {
    ...made,
    get: (path: string, headers = {}) => world.send(path, { host, ...headers }),
    send: (path: string, method: string, body: string) =>
      world.send(path, { host, 'content-length': String(Buffer.byteLength(body)) }, method, body),
  };
}

/** The origin in the place of the bucket, below `/app`. */
export const customOrigin = (port: number) => ({
  Origins: {
    Quantity: 1,
    Items: [
      {
        Id: 'bucket',
        DomainName: 'localhost',
        OriginPath: '/app',
        CustomOriginConfig: {
          HTTPPort: port,
          HTTPSPort: 443,
          OriginProtocolPolicy: 'http-only' as const,
        },
      },
    ],
  },
});
const METHODS: Method[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
export const EVERY_METHOD = { AllowedMethods: { Quantity: METHODS.length, Items: METHODS } };
