import {
  CreateKeyValueStoreCommand,
  DescribeKeyValueStoreCommand,
  type CloudFrontClient,
} from '@aws-sdk/client-cloudfront';
import { expect, vi } from 'vitest';
import { PATIENCE } from '../../../patience.ts';

/** Creates a KeyValueStore and waits until it can be used; returns its ARN. */
export async function createStore(cloudfront: CloudFrontClient, name: string): Promise<string> {
  await cloudfront.send(new CreateKeyValueStoreCommand({ Name: name }));
  return vi.waitFor(async () => {
    const answer = await cloudfront.send(new DescribeKeyValueStoreCommand({ Name: name }));
    expect(answer.KeyValueStore?.Status).toBe('READY');
    return String(answer.KeyValueStore?.ARN);
  }, PATIENCE);
}
