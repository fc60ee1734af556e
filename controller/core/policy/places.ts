/** What is left of an app file of which not all can be used: enough to find the records of its environments. */
import * as z from 'zod';
import type { Policies } from './policy.ts';
import type { Parsed } from './parse.ts';
import { appSchema, type WrittenApp } from './schema.ts';

export interface AppPlace {
  readonly app: string;
  readonly file: string;
  readonly bucket: string;
  readonly region: string;
  /** Names of its environments, right or wrong. */
  readonly environments: readonly string[];
}

/** An environment whose policy can't be used. */
export interface LeftOut extends Omit<AppPlace, 'environments'> {
  readonly environment: string;
}

const { app, bucket, region } = appSchema.shape;
const placeSchema = z.object({
  app,
  bucket,
  region,
  environments: z.record(appSchema.shape.environments.keyType, z.unknown()),
});

/** Of files that are YAML and say in which bucket and region the app is. */
export function findPlaces(apps: readonly Parsed<WrittenApp>[]): readonly AppPlace[] {
  return apps.flatMap(({ source }) => {
    const read = placeSchema.safeParse(source.value);
    if (!read.success) return [];
    const { environments, ...place } = read.data;
    return [{ ...place, file: source.file, environments: Object.keys(environments) }];
  });
}

/** Environments that are in the files and not in the policies; each once, where two files name one app. */
export function listLeftOut(places: readonly AppPlace[], policies: Policies): readonly LeftOut[] {
  const used = policies.apps.flatMap(({ app: name, environments }) =>
    environments.map((environment) => `${name}/${environment.name}`),
  );
  const seen = new Set(used);
  return places.flatMap(({ environments, ...place }) =>
    environments.flatMap((environment) => {
      const name = `${place.app}/${environment}`;
      if (seen.has(name)) return [];
      seen.add(name);
      return [{ ...place, environment }];
    }),
  );
}
