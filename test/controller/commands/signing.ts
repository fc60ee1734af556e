import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll } from 'vitest';
import type { Command } from '../../../controller/commands/command.ts';
import { HeadgateError } from '../../../controller/core/errors.ts';
import { hashOf } from '../../../controller/core/publish/layout.ts';
import { renderManifest } from '../../../controller/core/publish/manifest-text.ts';
import { derivedKeysKey, keys } from '../../../controller/core/state/keys.ts';
import { DEFAULT_SETTINGS } from '../../../controller/core/state/manifest.ts';
import { deriveKeys, parseDerivedKeys } from '../../../controller/core/tokens/derived-keys.ts';
import type { Context } from '../../../controller/ports/context.ts';
import type { KeyRing } from '../../../edge/core/token.ts';
import { useCloud } from '../adapters/aws/cloud-context.ts';
import { createStore } from '../adapters/aws/create-store.ts';

const PLACE = { bucket: 'acme-web-builds', region: 'us-east-1' };
const STORE = 'headgate-prod';
export const BUILD = '1041';

export const SIGNED = `
    preview: { access: signed, ttl: 7d }
    gate: { protect: [/checkout/*], page: /wait.html, priority: { cookie: vip, since: 3 } }`;

export interface Outcome {
  readonly code: number;
  /** What it printed, or the message of its refusal and what to do next. */
  readonly said: string;
}

/** One app with a published build, and commands on it; its keys are in a local cloud. */
export interface Signing {
  readonly app: string;
  readonly context: Context;
  run(command: Command, args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** The live keys as the edge has them, newest first; throws when the masters are not the same. */
  ring(): Promise<KeyRing>;
}

export interface RunOptions {
  /** Fields of the environment `prod`, as YAML. */
  readonly policy?: string;
  readonly values?: Readonly<Record<string, string | boolean>>;
  readonly through?: (context: Context) => Context;
  /** Default: CloudFront Functions. */
  readonly runtime?: 'lambda-edge';
}

/** Call it once per file; what it returns opens an app that no other test uses. */
export function useSigning(): () => Promise<Signing> {
  const held = useCloud();
  let apps = 0;
  beforeAll(async () => {
    await createStore(new CloudFrontClient(held.cloud.config()), STORE);
    const bucket = new CreateBucketCommand({ Bucket: PLACE.bucket });
    await new S3Client(held.cloud.config()).send(bucket);
  });
  return async () => {
    const { context } = held;
    const app = `shop-${++apps}`;
    await publish(app, BUILD, context);
    return {
      app,
      context,
      run: (command, args, options = {}) => run(app, { command, args, options }, context),
      ring: () => readRing(app, context),
    };
  };
}

export async function publish(app: string, build: string, context: Context): Promise<void> {
  const manifest = {
    version: 1,
    app,
    build,
    settings: DEFAULT_SETTINGS,
    files: [],
  } as const;
  const body = Buffer.from(renderManifest(manifest));
  await context.uploads(PLACE).create({
    key: keys.manifest({ app }, build),
    body,
    contentType: 'application/json',
    cacheControl: 'no-cache',
    sha256: hashOf(body),
    metadata: {},
  });
}

interface Call {
  readonly command: Command;
  readonly args: readonly string[];
  readonly options: RunOptions;
}

async function run(app: string, { command, args, options }: Call, context: Context) {
  const printed: string[] = [];
  const { through = (same: Context) => same, values = {}, policy = '', runtime } = options;
  const own =
    runtime === 'lambda-edge'
      ? 'runtime: lambda-edge, role: arn:aws:iam::000000000000:role/headgate-edge'
      : `runtime: cloudfront-functions, keyValueStore: ${STORE}`;
  const texts: Readonly<Record<string, string>> = {
    'policies/edge.yaml': `apiVersion: headgate/v1
groups:
  prod: { ${own}, bucket: ${PLACE.bucket}, region: ${PLACE.region} }
`,
    [`policies/${app}.yaml`]: `apiVersion: headgate/v1
app: ${app}
bucket: ${PLACE.bucket}
region: ${PLACE.region}
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E2QWRUHAPOMQZL }
    release: { build: "${BUILD}" }${policy}
`,
  };
  const mine: Context = {
    ...context,
    terminal: {
      interactive: false,
      print: (text) => void printed.push(text),
      note: () => {},
      progress: () => {},
      summary: async () => {},
    },
    files: {
      ...context.files,
      list: async () => Object.keys(texts).map((name) => name.slice('policies/'.length)),
      readText: async (path) => texts[path],
    },
  };
  const all = { policies: 'policies', ...values };
  try {
    const code = await command.run({ positionals: args, values: all }, through(mine));
    return { code, said: printed.join('\n') };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return { code: error.exitCode, said: `${error.message}\nnext: ${error.next}` };
  }
}

async function readRing(app: string, context: Context): Promise<KeyRing> {
  const key = derivedKeysKey(app, 'prod');
  const [masters, { values }] = await Promise.all([
    context.keys(PLACE.region).read(app, 'prod'),
    context.routes.read(STORE, [key]),
  ]);
  const ring = parseDerivedKeys(values.get(key)) ?? {};
  const expected = deriveKeys(masters, { app, environment: 'prod' });
  if (JSON.stringify(ring) === JSON.stringify(expected)) return ring;
  const [edge, ssm] = [ring, expected].map((keysOf) => Object.keys(keysOf).join(', '));
  throw new Error(`the edge has ${edge}, SSM ${ssm}`);
}
