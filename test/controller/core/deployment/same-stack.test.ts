import { expect, it } from 'vitest';
import { isSameStack } from '../../../../controller/core/deployment/same-stack.ts';
import type { Template } from '../../../../controller/core/infrastructure/template.ts';

function around(behaviour: Readonly<Record<string, unknown>>, Type: string): Template {
  const DistributionConfig = { DefaultCacheBehavior: behaviour };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'of a test',
    Resources: { D: { Type, Properties: { DistributionConfig } } },
  };
}

const DISTRIBUTION = 'AWS::CloudFront::Distribution';
const ours = { FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: 'arn' }] };

it.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>, boolean]>([
  [
    'the order of keys',
    { Compress: true, CachePolicyId: 'a' },
    { CachePolicyId: 'a', Compress: true },
    true,
  ],
  ['what reconcile has put there', { Compress: true }, { Compress: true, ...ours }, true],
  ['anything else', { Compress: true }, { Compress: false }, false],
  [
    'the order of a list',
    { AllowedMethods: ['GET', 'HEAD'] },
    { AllowedMethods: ['HEAD', 'GET'] },
    false,
  ],
])('%s makes two stacks the same or not', (_, one, other, isSame) => {
  expect(isSameStack(around(one, DISTRIBUTION), around(other, DISTRIBUTION))).toBe(isSame);
});

it('leaves nothing out of resources that reconcile never changes', () => {
  expect(isSameStack(around({}, 'AWS::Other'), around(ours, 'AWS::Other'))).toBe(false);
});
