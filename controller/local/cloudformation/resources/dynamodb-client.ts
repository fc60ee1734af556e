import { sign } from 'aws4';

/** One operation of DynamoDB: its SDK client is nothing that the command line carries. */
export type DynamoDb = (operation: string, input: object) => Promise<Answer>;

type Answer = Readonly<Record<string, unknown>>;

export function createDynamoDb({
  endpoint,
  region,
  credentials,
}: {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}): DynamoDb {
  const { host } = new URL(endpoint);
  return async (operation, input) => {
    const body = JSON.stringify(input);
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    };
    const request = { service: 'dynamodb', region, host, method: 'POST', path: '/', headers, body };
    const { headers: signed = {} } = sign(request, credentials);
    const { Host: _, ...sent } = signed as Record<string, string>;
    const answer = await fetch(endpoint, { method: 'POST', headers: sent, body });
    const output = (await answer.json()) as Answer;
    if (answer.ok) return output;
    const { __type, message } = output;
    throw Object.assign(new Error(String(message)), { name: String(__type) });
  };
}
