import { gunzipSync } from 'node:zlib';
import { ACCOUNT_ID, type ServiceRequest } from '../../service.ts';

/** What a request needs to be allowed: an action on one resource, under these circumstances. */
export interface Permission {
  /** `s3:GetObject`. */
  readonly action: string;
  /** One ARN, or `*` where the action has no resource type. */
  readonly resource: string;
  /** The condition keys that the request has. */
  readonly context: Context;
}

export type Context = Readonly<Record<string, string | readonly string[]>>;

/** An API operation by its name in the SDK, and all that it needs. */
export interface NamedRequest {
  readonly operation: string;
  readonly permissions: readonly Permission[];
}

/** What a request alone doesn't say. */
export interface Lookup {
  /** A KeyValueStore's ARN by its name: IAM knows the store by its id. */
  readonly storeArn: (name: string) => string | undefined;
  /** A role's ARN by its name: the path in it is no part of the name. */
  readonly roleArn: (name: string) => string | undefined;
}

/** Undefined: nobody has written down yet what this request needs. */
export type NameRequest = (request: ServiceRequest, lookup: Lookup) => NamedRequest | undefined;

export function permission(action: string, resource: string, context: Context = {}): Permission {
  return { action, resource, context };
}

/** `composeArn('ssm', region, 'parameter/a')`; global services have no region. */
export function composeArn(service: string, region: string, name: string): string {
  return `arn:aws:${service}:${region}:${ACCOUNT_ID}:${name}`;
}

/** The keys that have a value. */
export function contextOf(keys: Readonly<Record<string, string | undefined>>): Context {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

export type Input = Readonly<Record<string, unknown>>;

/** The body as JSON; empty where it isn't: the service itself refuses that. */
export function readJson({ headers, body }: ServiceRequest): Input {
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  try {
    const value: unknown = JSON.parse(text.toString('utf8') || '{}');
    return typeof value === 'object' && value !== null ? (value as Input) : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

/** The operation in `X-Amz-Target`. */
function targetOf({ headers }: ServiceRequest): string {
  return (headers['x-amz-target'] ?? '').replace(/^[^.]*\./, '');
}

/** What each operation of a JSON service needs. */
export type Needs = Readonly<
  Record<string, (input: Input, request: ServiceRequest) => readonly Permission[]>
>;

/** For a service whose operation stands in `X-Amz-Target` and whose input is a JSON object. */
export function nameByTarget(needs: Needs): NameRequest {
  return (request) => {
    const operation = targetOf(request);
    const find = Object.hasOwn(needs, operation) ? needs[operation] : undefined;
    if (find === undefined) return undefined;
    return { operation, permissions: find(readJson(request), request) };
  };
}
