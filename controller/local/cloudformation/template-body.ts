import { invalid } from './errors.ts';
import type { StackRecord } from './records.ts';
import type { Clients } from './resources/clients.ts';
import type { CreateChangeSetInput } from './shapes.ts';

const BODY_LIMIT = 51_200;
const OBJECT_LIMIT = 1_048_576;

/** The text of the template: in the request, in a bucket, or that of the stack as it is. */
export async function readBody(
  { TemplateBody, TemplateURL, UsePreviousTemplate }: CreateChangeSetInput,
  stack: StackRecord | undefined,
  clientsOf: (region: string) => Clients,
): Promise<string> {
  const given = [TemplateBody, TemplateURL, UsePreviousTemplate].filter(Boolean);
  if (given.length !== 1) {
    throw invalid('Either Template URL or Template Body must be specified.');
  }
  if (TemplateBody !== undefined) {
    checkLength(TemplateBody, BODY_LIMIT, 'templateBody');
    return TemplateBody;
  }
  if (TemplateURL === undefined) return stack?.body ?? '';
  const body = await readObject(TemplateURL, clientsOf);
  checkLength(body, OBJECT_LIMIT, 'the template');
  return body;
}

function checkLength(body: string, limit: number, what: string): void {
  if (Buffer.byteLength(body) <= limit) return;
  throw invalid(
    `1 validation error detected: Value at '${what}' failed to satisfy constraint: Member must have length less than or equal to ${limit}`,
  );
}

const ADDRESS = /^https:\/\/([\w.-]+)\.s3\.([\w-]+)\.amazonaws\.com\/(.+)$/;

/** `https://<bucket>.s3.<region>.amazonaws.com/<key>`: the bucket is one of this cloud. */
async function readObject(url: string, clientsOf: (region: string) => Clients): Promise<string> {
  const [, Bucket, region, key] = ADDRESS.exec(url) ?? [];
  if (Bucket === undefined || region === undefined || key === undefined) {
    throw invalid('TemplateURL must be a supported URL.');
  }
  // Only here: whoever starts a cloud for something else doesn't wait for an SDK client.
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  try {
    const command = new GetObjectCommand({ Bucket, Key: decodeURIComponent(key) });
    const answer = await clientsOf(region).s3.send(command);
    return (await answer.Body?.transformToString()) ?? '';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw invalid(`S3 error: ${error.message}`);
  }
}
