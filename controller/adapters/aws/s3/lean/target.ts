import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { readField, readText } from '../../fields.ts';

/** Where the objects of a bucket are put, and whom a signature is for. */
export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** Up to the key: `/`, or with the bucket in the path `/acme-web-builds/`. */
  readonly path: string;
  readonly region: string;
  readonly service: string;
}

const KEY = 'k';

/**
 * Asks the SDK where it would send an object, without sending one: endpoint, region, addressing, dual stack,
 * FIPS, access points. So the two engines can't differ in it. undefined: it would sign in a way that only the
 * SDK can (S3 Express, access points of several regions).
 */
export async function findTarget(client: S3Client, bucket: string): Promise<Target | undefined> {
  const found: { target?: Target | undefined } = {};
  const command = new PutObjectCommand({ Bucket: bucket, Key: KEY });
  command.middlewareStack.add(
    (_, context) => async (args) => {
      found.target = readTarget(args.request, context);
      return { response: undefined, output: { $metadata: {} } };
    },
    { step: 'build', priority: 'high', name: 'findTarget' },
  );
  await client.send(command);
  return found.target;
}

function readTarget(request: unknown, context: unknown): Target | undefined {
  const scheme = readField(context, 'endpointV2', 'properties', 'authSchemes', '0');
  const region = readText(scheme, 'signingRegion');
  const port = readField(request, 'port');
  const path = readText(request, 'path') ?? '';
  if (readText(scheme, 'name') !== 'sigv4' || region === undefined) return undefined;
  return {
    protocol: readText(request, 'protocol') ?? 'https:',
    hostname: readText(request, 'hostname') ?? '',
    port: port === undefined ? undefined : Number(port),
    path: path.slice(0, -KEY.length),
    region,
    service: readText(scheme, 'signingName') ?? 's3',
  };
}

/** `a b/ü+` as S3 signs it and wants it sent: `a%20b/%C3%BC%2B`. */
export function encodeKey(key: string): string {
  if (/^[\w.~/-]*$/.test(key)) return key;
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
