import type { Policies } from '../policy/policy.ts';
import { setupOf } from '../policy/setup.ts';
import type { Stack, Template } from '../infrastructure/template.ts';

/** Bytes of a template that a request may carry; one in S3 may have 1 MB (documented). */
export const TEMPLATE_LIMIT = 51_200;

const BUCKET = 'AWS::S3::Bucket';

/** Where a template that is too large lies while CloudFormation reads it. */
export interface StagingPlace {
  readonly bucket: string;
  readonly region: string;
}

/** undefined: all templates fit into requests, or there will be no bucket. */
export function findStaging(
  stacks: readonly Stack[],
  policies: Policies,
): StagingPlace | undefined {
  if (stacks.every(({ template }) => sizeOf(template) <= TEMPLATE_LIMIT)) return undefined;
  const existing = setupOf(policies).existing.buckets;
  const app = policies.apps.find(({ bucket }) => existing.includes(bucket));
  if (app !== undefined) return { bucket: app.bucket, region: app.region };
  const [place] = stacks.flatMap(({ region, template }) =>
    listBuckets(template).map(([, { Properties }]) => ({
      bucket: String(Properties['BucketName']),
      region,
    })),
  );
  return place;
}

/** In bytes, as it is sent. */
export function sizeOf(template: Template): number {
  return new TextEncoder().encode(JSON.stringify(template)).length;
}

/**
 * The stack as it is and those of its buckets that it lacks, which depend on nothing; the rest follows as an update.
 * undefined: it lacks none.
 */
export function withBuckets(stack: Stack, present: Template | undefined): Stack | undefined {
  const { AWSTemplateFormatVersion, Description } = stack.template;
  const before: Template = present ?? { AWSTemplateFormatVersion, Description, Resources: {} };
  const missing = listBuckets(stack.template).filter(([id]) => !(id in before.Resources));
  if (missing.length === 0) return undefined;
  const Resources = { ...before.Resources, ...Object.fromEntries(missing) };
  return { ...stack, template: { ...before, Resources } };
}

function listBuckets({ Resources }: Template) {
  return Object.entries(Resources).filter(([, { Type }]) => Type === BUCKET);
}
