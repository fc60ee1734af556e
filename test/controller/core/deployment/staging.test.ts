import { expect, it } from 'vitest';
import { findStaging, withBuckets } from '../../../../controller/core/deployment/staging.ts';
import type { Resource, Stack } from '../../../../controller/core/infrastructure/template.ts';
import { readDemo } from '../infrastructure/fixtures.ts';

const bucket = (BucketName: string): Resource => ({
  Type: 'AWS::S3::Bucket',
  Properties: { BucketName },
});
const log: Resource = { Type: 'AWS::Logs::LogGroup', Properties: {} };

function stackOf(Resources: Readonly<Record<string, Resource>>, Description = ''): Stack {
  const template = { AWSTemplateFormatVersion: '2010-09-09' as const, Description, Resources };
  return { name: 'headgate', region: 'eu-west-1', template };
}

it('adds the buckets that a stack lacks to what is there, and nothing else', () => {
  const wanted = stackOf({ A: bucket('a'), B: bucket('b'), Log: log });
  expect(withBuckets(wanted, undefined)?.template.Resources).toEqual({
    A: bucket('a'),
    B: bucket('b'),
  });
  const { template: present } = stackOf({ A: bucket('a'), Old: log });
  expect(withBuckets(wanted, present)?.template.Resources).toEqual({
    A: bucket('a'),
    B: bucket('b'),
    Old: log,
  });
  expect(withBuckets(wanted, wanted.template)).toBeUndefined();
});

it('hands over what is too large for a request in the first bucket of the stacks', () => {
  const { policies } = readDemo();
  const small = stackOf({ Log: log, A: bucket('a') });
  expect(findStaging([small], policies)).toBeUndefined();
  const large = stackOf({ Log: log, B: bucket('b') }, 'x'.repeat(51_200));
  expect(findStaging([small, large], policies)).toEqual({ bucket: 'a', region: 'eu-west-1' });
});
