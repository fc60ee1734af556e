import type { ServiceRequest } from '../../service.ts';
import { permission, type NamedRequest } from './permission.ts';

const OPERATIONS: Readonly<Record<string, string>> = {
  'GET store': 'DescribeKeyValueStore',
  'GET keys': 'ListKeys',
  'POST keys': 'UpdateKeys',
  'GET key': 'GetKey',
  'PUT key': 'PutKey',
  'DELETE key': 'DeleteKey',
};

/** What requests to a KeyValueStore's data need: the store is the only resource there is. */
export function nameKeyValueStore({ method, path }: ServiceRequest): NamedRequest | undefined {
  const [, arn = '', keys, key] = path.split('/').slice(1).map(decodeURIComponent);
  const kind = keys === undefined ? 'store' : key === undefined ? 'keys' : 'key';
  const operation = OPERATIONS[`${method} ${kind}`];
  if (operation === undefined) return undefined;
  return { operation, permissions: [permission(`cloudfront-keyvaluestore:${operation}`, arn)] };
}
