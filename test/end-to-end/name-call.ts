import type { IncomingMessage } from 'node:http';
import { nameRequest } from '../../controller/local/iam/name-request/name-request.ts';

/** The IAM action that a request needs, without its body: `ssm:GetParameters`. */
export function nameCall({ method = '', url = '/', headers }: IncomingMessage): string {
  const service =
    /Credential=[^,]*\/([\w-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? 'unsigned';
  const [path = '', query = ''] = url.split('?');
  const request = {
    method,
    path,
    query: new URLSearchParams(query.replaceAll('+', '%2B')),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.alloc(0),
    region: 'us-east-1',
    requestId: '',
  };
  const named = nameRequest(service, request, {
    storeArn: () => undefined,
    roleArn: () => undefined,
  });
  const [needed] = named?.permissions ?? [];
  return needed?.action ?? `${service}:${named?.operation ?? `${method} ${url}`}`;
}
