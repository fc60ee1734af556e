import type { IncomingMessage } from 'node:http';

/** What a request changes, by its AWS operation; undefined: nothing. */
export function nameWrite(request: IncomingMessage, body: Buffer): string | undefined {
  const { method, url = '/', headers } = request;
  const target = headers['x-amz-target'];
  if (target !== undefined) return nameJsonCall(String(target), body);
  const call = `${method} ${url.replace(/\?.*/, '')}`;
  if (/^(GET|HEAD) /.test(call)) return undefined;
  const found = OPERATIONS.find(([pattern]) => pattern.test(call));
  // An operation unknown here is a write until someone says otherwise.
  if (found === undefined) return call;
  const [pattern, name] = found;
  return name(String(pattern.exec(call)?.[1]), body.toString());
}

type Name = (part: string, body: string) => string | undefined;

const OPERATIONS: readonly (readonly [RegExp, Name])[] = [
  [/\/function\/[^/]+\/test$/, () => undefined],
  [/^POST \/2020-05-31\/function$/, (_, body) => `CreateFunction ${textOf(body, 'Name')}`],
  [/^POST .*\/function\/([^/]+)\/publish$/, (name) => `PublishFunction ${name}`],
  [/^PUT .*\/function\/([^/]+)$/, (name) => `UpdateFunction ${name}`],
  [/^PUT .*\/distribution\/[^/]+\/config$/, () => 'UpdateDistribution'],
  [/^\w+ \/key-value-stores\/.*\/keys/, (_, body) => `UpdateKeys ${firstKey(body)}`],
  // Edge code is named by its hash, which changes with every change of the code.
  [/^PUT \/[^/]+\/(edge)\/\w+\.js$/, () => 'PutObject edge/<hash>.js'],
  [/^PUT \/[^/]+\/(.+)$/, (key) => `PutObject ${key}`],
  [/^POST \/[^/]+\/$/, (_, body) => `DeleteObjects ${textOf(body, 'Key')}`],
];

function nameJsonCall(target: string, body: Buffer): string | undefined {
  const verb = target.slice(target.indexOf('.') + 1);
  if (/^(Get|Describe|List)/.test(verb)) return undefined;
  const { Name } = JSON.parse(body.toString()) as { Name?: string };
  return Name === undefined ? verb : `${verb} ${Name}`;
}

function textOf(xml: string, element: string): string {
  return new RegExp(`<${element}>([^<]*)`).exec(xml)?.[1] ?? '';
}

function firstKey(body: string): string {
  const { Puts, Deletes } = JSON.parse(body) as Record<string, { Key: string }[] | undefined>;
  return [...(Puts ?? []), ...(Deletes ?? [])][0]?.Key ?? '';
}
