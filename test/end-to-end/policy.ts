import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

export const BUCKET = 'acme-web-builds';
export const REGION = 'us-east-1';
export const STORE = 'headgate-prod';
export const ALARM = 'shop-prod-errors';
export const HOSTS = { staging: 'staging.shop.localhost', prod: 'shop.localhost' } as const;

type EnvironmentName = keyof typeof HOSTS;
export type Distributions = Readonly<Record<EnvironmentName, string>>;

export interface Release {
  readonly build: string;
  readonly steps?: readonly { readonly weight: string; readonly hold: string }[];
  readonly bake?: string;
}

/** What a team would write into `policies/`, as a value: tests change what they are about. */
export interface Policy {
  readonly edge: Readonly<Record<string, unknown>>;
  readonly app: Readonly<Record<string, unknown>>;
}

/** One edge group, one app, and an environment for each release given. */
export function composePolicy(
  distributions: Distributions,
  releases: Readonly<Partial<Record<EnvironmentName, Release>>>,
): Policy {
  const names = Object.keys(releases) as EnvironmentName[];
  const environments = names.map((name) => [
    name,
    {
      hosts: [HOSTS[name]],
      edge: { group: 'prod', distribution: distributions[name] },
      release: releases[name],
      guard: { alarms: [{ name: ALARM, region: REGION }], noData: 'pass' },
    },
  ]);
  const place = { bucket: BUCKET, region: REGION };
  const group = { runtime: 'cloudfront-functions', keyValueStore: STORE, ...place };
  return {
    edge: { apiVersion: 'headgate/v1', groups: { prod: group } },
    app: {
      apiVersion: 'headgate/v1',
      app: 'shop',
      ...place,
      environments: Object.fromEntries(environments) as unknown,
    },
  };
}

/** Writes `policies/` into a directory, where `headgate` looks for it. */
export async function writePolicy(directory: string, { edge, app }: Policy): Promise<void> {
  const policies = join(directory, 'policies');
  await mkdir(policies, { recursive: true });
  await writeFile(join(policies, 'edge.yaml'), stringify(edge));
  await writeFile(join(policies, 'shop.yaml'), stringify(app));
}
