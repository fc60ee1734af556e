import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { TEMPLATE_LIMIT } from '../../../core/deployment/staging.ts';
import { UsageError } from '../../../core/errors.ts';
import type { DeployRequest } from '../../../ports/stacks.ts';
import { translateError } from '../translate-error.ts';

type Body = { readonly TemplateBody: string } | { readonly TemplateURL: string };

/** Runs `use` with the template as CloudFormation takes it: in the request, or for so long in a bucket. */
export async function withTemplate<T>(
  { name, template, staging }: DeployRequest,
  s3: (region: string) => Promise<S3Client>,
  use: (body: Body) => Promise<T>,
): Promise<T> {
  const text = JSON.stringify(template);
  if (Buffer.byteLength(text) <= TEMPLATE_LIMIT) return use({ TemplateBody: text });
  if (staging === undefined) throw noPlace(name);
  const { bucket: Bucket, region } = staging;
  const Key = `.headgate/templates/${createHash('sha256').update(text).digest('hex')}.json`;
  const client = await s3(region);
  try {
    await client.send(
      new PutObjectCommand({ Bucket, Key, Body: text, ContentType: 'application/json' }),
    );
  } catch (error) {
    throw translateError(error, { action: 's3:PutObject', resource: `bucket ${Bucket}` });
  }
  try {
    return await use({ TemplateURL: `https://${Bucket}.s3.${region}.amazonaws.com/${Key}` });
  } finally {
    await remove(client, Bucket, Key);
  }
}

async function remove(client: S3Client, Bucket: string, Key: string): Promise<void> {
  try {
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
  } catch (error) {
    throw translateError(error, { action: 's3:DeleteObject', resource: `bucket ${Bucket}` });
  }
}

function noPlace(name: string): UsageError {
  return new UsageError(
    `The template of stack ${name} has more than ${TEMPLATE_LIMIT} bytes, and no bucket is there to hand it over in.`,
    'Deploy with fewer apps first; the rest can follow when their bucket is there.',
  );
}
