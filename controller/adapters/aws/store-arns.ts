import { DescribeKeyValueStoreCommand, type CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { required } from './fields.ts';
import { translateError } from './translate-error.ts';

/** The ARN of the KeyValueStore with this name. */
export type FindStoreArn = (name: string) => Promise<string>;

/** Asks CloudFront once per name: an ARN doesn't change while its store exists. */
export function createStoreArns(cloudfront: CloudFrontClient): FindStoreArn {
  const known = new Map<string, string>();
  return async (name) => {
    const arn = known.get(name) ?? (await describe(cloudfront, name));
    known.set(name, arn);
    return arn;
  };
}

async function describe(cloudfront: CloudFrontClient, name: string): Promise<string> {
  try {
    const answer = await cloudfront.send(new DescribeKeyValueStoreCommand({ Name: name }));
    return required(answer.KeyValueStore?.ARN, 'the ARN of a KeyValueStore');
  } catch (error) {
    throw translateError(error, {
      action: 'cloudfront:DescribeKeyValueStore',
      resource: `KeyValueStore ${name}`,
    });
  }
}
