import * as z from 'zod';
import { ServiceError, type Service, type ServiceRequest } from '../service.ts';
import type { JsonObject, JsonOperation } from './aws-json.ts';
import { renderXml, type XmlValue } from './xml.ts';

export interface QueryServiceOptions {
  readonly signingName: string;
  readonly namespace: string;
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

const HEADERS = { 'content-type': 'text/xml' };

/** A service that speaks awsQuery: a form names the operation and its input, the answer is XML. */
export function createQueryService({
  signingName,
  namespace,
  operations,
}: QueryServiceOptions): Service {
  return {
    protocol: 'query',
    signingNames: [signingName],
    async handle(request) {
      const { Action: action = '', ...members } = readForm(request);
      const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
      if (operation === undefined) {
        const message = `Could not find operation ${action}. The local cloud has: ${Object.keys(operations).join(', ')}.`;
        throw new ServiceError(400, 'InvalidAction', message);
      }
      const result = (await operation(nest(members), request)) as JsonObject | undefined;
      const body = {
        [`${action}Result`]: toXml(result ?? {}),
        ResponseMetadata: { RequestId: request.requestId },
      };
      return {
        status: 200,
        headers: HEADERS,
        body: renderXml(`${action}Response`, body, namespace),
      };
    },
    renderError({ status, code, message }, { requestId }) {
      const Type = status < 500 ? 'Sender' : 'Receiver';
      const body = { Error: { Type, Code: code, Message: message }, RequestId: requestId };
      return { status, headers: HEADERS, body: renderXml('ErrorResponse', body, namespace) };
    },
  };
}

function readForm({ body }: ServiceRequest): Readonly<Record<string, string>> {
  const { Version: _, ...form } = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  return form;
}

/** The operation that a form names. */
export function readAction(body: Buffer): string {
  return new URLSearchParams(body.toString('utf8')).get('Action') ?? '';
}

type Nested = { [name: string]: Nested | string };

/** `Tags.member.1.Key=a` -> `{ Tags: [{ Key: 'a' }] }`; maps come as `entry.1.key` and `entry.1.value`. */
function nest(members: Readonly<Record<string, string>>): JsonObject {
  const root: Nested = {};
  for (const [path, value] of Object.entries(members)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = root;
    for (const name of names) {
      const next = at[name];
      at = typeof next === 'object' ? next : (at[name] = {});
    }
    at[last] = value;
  }
  return fold(root) as JsonObject;
}

function fold(node: Nested | string): unknown {
  if (typeof node === 'string') return node;
  const { member, entry } = node;
  if (typeof member === 'object') return inOrder(member).map(fold);
  if (typeof entry === 'object') {
    return Object.fromEntries(
      inOrder(entry).map((one) => {
        const { key = '', value = '' } = one as Nested;
        return [typeof key === 'string' ? key : '', fold(value)];
      }),
    );
  }
  return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, fold(child)]));
}

function inOrder(numbered: Nested): readonly (Nested | string)[] {
  return Object.entries(numbered)
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function toXml(value: unknown): { readonly [name: string]: XmlValue } {
  return Object.fromEntries(
    Object.entries(value as object).map(([name, member]) => [name, toXmlValue(member)]),
  );
}

function toXmlValue(value: unknown): XmlValue {
  if (Array.isArray(value)) return { member: value.map(toXmlValue) };
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return toXml(value);
  return value as XmlValue;
}

/** A list of a form: an empty one is sent as an empty text. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (value === '' ? [] : value), z.array(item));
}

/** A truth value of a form. */
export const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
