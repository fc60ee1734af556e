import { openCollection } from '../keyvaluestore/collection.ts';
import type { Disk } from '../service.ts';
import { composeArn } from './name-request/permission.ts';
import { noSuchEntity } from './role.ts';

/** An OpenID Connect provider whose tokens roles may trust. */
export interface ProviderRecord {
  /** Without `https://`: `token.actions.githubusercontent.com`. */
  readonly host: string;
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Audiences. */
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface Providers {
  get(host: string): ProviderRecord | undefined;
  values(): readonly ProviderRecord[];
  save(provider: ProviderRecord): void;
  remove(host: string): void;
}

export function openProviders(disk: Disk): Providers {
  const records = openCollection<ProviderRecord>(disk, 'iam/providers');
  return {
    get: (host) => records.get(host),
    values: () => records.values(),
    save: (provider) => records.set(provider.host, provider),
    remove: (host) => records.remove(host),
  };
}

export function providerArn(host: string): string {
  return composeArn('iam', '', `oidc-provider/${host}`);
}

/** `arn:aws:iam::<account>:oidc-provider/<host>` -> `<host>`. */
export function hostOf(arn: string): string {
  return arn.replace(/^.*?:oidc-provider\//, '');
}

export function requireProvider(providers: Providers, arn: string): ProviderRecord {
  const provider = providers.get(hostOf(arn));
  if (provider !== undefined) return provider;
  throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
}
