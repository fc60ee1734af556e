/** Which things the policies name, and which of them bootstrap makes. */
import type { AppPolicy, EdgeGroup, Policies } from '../policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../policy/subjects.ts';
import type { Facts } from './facts.ts';

export function idOfEnvironment({ app, environment }: EnvironmentSubject): string {
  return `${app.app}/${environment.name}`;
}

export function placeOf({ app, environment }: EnvironmentSubject) {
  return { app: app.app, environment: environment.name };
}

/** Environments whose distribution bootstrap makes. */
export function ownEnvironments({ policies, setup }: Facts): readonly EnvironmentSubject[] {
  const { distributions } = setup.existing;
  return subjectsOf(policies).filter(
    (subject) => !distributions.includes(idOfEnvironment(subject)),
  );
}

export interface BucketScope {
  readonly bucket: string;
  readonly region: string;
  /** Whose builds lie in it. */
  readonly apps: readonly AppPolicy[];
  /** Whose edge code is archived in it. */
  readonly groups: readonly EdgeGroup[];
}

/** All buckets that policies name, in the order of their names. */
export function listBuckets({ apps, groups }: Policies): readonly BucketScope[] {
  const named = [...apps, ...groups];
  const names = [...new Set(named.map(({ bucket }) => bucket))].toSorted();
  return names.flatMap((bucket) => {
    const region = named.find((one) => one.bucket === bucket)?.region;
    if (region === undefined) return [];
    const isHere = (one: { readonly bucket: string }) => one.bucket === bucket;
    return [{ bucket, region, apps: apps.filter(isHere), groups: groups.filter(isHere) }];
  });
}

export function ownBuckets({ policies, setup }: Facts): readonly BucketScope[] {
  return listBuckets(policies).filter(({ bucket }) => !setup.existing.buckets.includes(bucket));
}

export function isOwnBucket({ setup }: Facts, bucket: string): boolean {
  return !setup.existing.buckets.includes(bucket);
}
