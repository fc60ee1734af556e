import {
  CreateFunctionCommand,
  CreateKeyValueStoreCommand,
  DeleteFunctionCommand,
  DescribeFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import type { Maker } from '../distribution.ts';
import { COMMENT } from '../edge-listings.ts';
import type { Scratch } from '../scratch.ts';
import { removeStore } from '../store.ts';

/** The names that the role may give to functions begin so. */
export function functionPrefix({ name }: Scratch): string {
  return `${name}-of-session`;
}

export async function makeStore({ client, owner = client, scratch }: Maker, Name: string) {
  const clients = { cloudfront: owner };
  scratch.keep(`KeyValueStore ${Name}`, () => removeStore(clients, Name));
  return client.send(new CreateKeyValueStoreCommand({ Name }));
}

/** `store`: the ARN of one that it reads. */
export async function makeFunction(
  { client, owner = client, scratch }: Maker,
  { Name, store }: { readonly Name: string; readonly store?: string },
) {
  scratch.keep(`function ${Name}`, async () => {
    const { ETag: IfMatch } = await owner.send(new DescribeFunctionCommand({ Name }));
    return owner.send(new DeleteFunctionCommand({ Name, IfMatch }));
  });
  const Items = store === undefined ? [] : [{ KeyValueStoreARN: store }];
  const FunctionConfig = {
    Comment: COMMENT,
    Runtime: 'cloudfront-js-2.0',
    ...(store && { KeyValueStoreAssociations: { Quantity: 1, Items } }),
  } as const;
  const FunctionCode = Buffer.from('function handler(event) { return event.request; }');
  return client.send(new CreateFunctionCommand({ Name, FunctionCode, FunctionConfig }));
}
