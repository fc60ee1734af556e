/** What is left of an app file of which not all can be used: enough to find the records of its environments. */
import * as z from 'zod';
import type { Subject } from '../plan/plan.ts';
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
  /** Of `app:`, 1-based. */
  readonly line: number;
  /** Of each environment's name, in the order of `environments`. */
  readonly environmentLines: readonly number[];
}

/** An environment whose policy can't be used. */
export interface LeftOut extends Pick<AppPlace, 'app' | 'file' | 'bucket' | 'region'> {
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
    const names = Object.keys(environments);
    return [
      {
        ...place,
        file: source.file,
        environments: names,
        line: source.locate(['app'], 'key').line,
        environmentLines: names.map((name) => source.locate(['environments', name], 'key').line),
      },
    ];
  });
}

/** Environments that are in the files and not in the policies; each once, where two files name one app. */
export function listLeftOut(places: readonly AppPlace[], policies: Policies): readonly LeftOut[] {
  const used = policies.apps.flatMap(({ app: name, environments }) =>
    environments.map((environment) => `${name}/${environment.name}`),
  );
  const seen = new Set(used);
  return places.flatMap(({ environments, line: _line, environmentLines: _lines, ...place }) =>
    environments.flatMap((environment) => {
      const name = `${place.app}/${environment}`;
      if (seen.has(name)) return [];
      seen.add(name);
      return [{ ...place, environment }];
    }),
  );
}

/** Where a policy speaks of something, for a note beside that line; undefined: none of these does. */
export function findLine(
  subject: Subject,
  { places, policies }: { readonly places: readonly AppPlace[]; readonly policies: Policies },
): { readonly file: string; readonly line: number } | undefined {
  if (subject.kind === 'group') {
    const place = policies.groups.find(({ name }) => name === subject.group)?.place;
    return place && { file: place.file, line: place.code.line };
  }
  const place = places.find((one) => one.app === subject.app);
  if (place === undefined) return undefined;
  const line =
    subject.kind === 'app'
      ? place.line
      : place.environmentLines[place.environments.indexOf(subject.environment)];
  return line === undefined ? undefined : { file: place.file, line };
}
