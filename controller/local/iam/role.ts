import { randomBytes } from 'node:crypto';
import type { PolicyDocument } from '../../core/iam/document.ts';
import { openCollection } from '../keyvaluestore/collection.ts';
import { ServiceError, type Disk } from '../service.ts';
import { composeArn } from './name-request/permission.ts';

/** A role as it lies on disk. Documents are kept as they were written, as IAM gives them back. */
export interface RoleRecord {
  readonly name: string;
  /** `AROA...`: another role of the same name has another one. */
  readonly id: string;
  readonly arn: string;
  /** Between `role` and the name in its ARN; undefined: `/`. */
  readonly path?: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly description: string | undefined;
  readonly maxSessionSeconds: number;
  /** Who may assume it. */
  readonly trust: string;
  /** What it may do: documents by name. */
  readonly policies: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Roles {
  get(name: string): RoleRecord | undefined;
  /** By its ARN; undefined for an ARN of anything else. */
  findByArn(arn: string): RoleRecord | undefined;
  values(): readonly RoleRecord[];
  save(role: RoleRecord): void;
  remove(name: string): void;
}

export function openRoles(disk: Disk): Roles {
  const records = openCollection<RoleRecord>(disk, 'iam/roles');
  // Names compare without case, as IAM's do.
  const get = (name: string) => records.get(name.toLowerCase());
  return {
    get,
    findByArn: (arn) => records.values().find((role) => role.arn === arn),
    values: () => records.values(),
    save: (role) => records.set(role.name.toLowerCase(), role),
    remove: (name) => records.remove(name.toLowerCase()),
  };
}

export function requireRole(roles: Roles, name: string): RoleRecord {
  const role = roles.get(name);
  if (role !== undefined) return role;
  throw noSuchEntity(`The role with name ${name} cannot be found.`);
}

export function roleArn(name: string, path = '/'): string {
  return composeArn('iam', '', `role${path}${name}`);
}

/** Ids of IAM say what they are of: `AROA` a role, `ASIA` the key of a session. */
export function newId(prefix: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const random = [...randomBytes(16)].map((byte) => letters.charAt(byte % letters.length));
  return prefix + random.join('');
}

const parsed = new WeakMap<RoleRecord, Documents>();

interface Documents {
  readonly trust: PolicyDocument;
  readonly policies: readonly PolicyDocument[];
}

/** A role's documents, which were checked when they were put. */
export function documentsOf(role: RoleRecord): Documents {
  const known = parsed.get(role) ?? {
    trust: JSON.parse(role.trust) as PolicyDocument,
    policies: Object.values(role.policies).map((text) => JSON.parse(text) as PolicyDocument),
  };
  parsed.set(role, known);
  return known;
}

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError(404, 'NoSuchEntity', message);
}

export function alreadyExists(message: string): ServiceError {
  return new ServiceError(409, 'EntityAlreadyExists', message);
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError(409, 'LimitExceeded', message);
}

/** IAM writes documents into XML percent-encoded, as RFC 3986 has it. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
