/** Builds are immutable: not even who may create them can change one. */
import type { AppPolicy, Policies } from '../policy/policy.ts';
import { keys } from '../state/keys.ts';
import type { Statement } from './document.ts';
import { objects } from './roles/places.ts';
import { allow } from './roles/statements.ts';

/**
 * Documented: a put, copy or completed upload without `If-None-Match` is refused; parts of a large file
 * can't carry it, and create nothing before they are put together.
 */
const WITHOUT_IF_NONE_MATCH = {
  Null: { 's3:if-none-match': 'true' },
  Bool: { 's3:ObjectCreationOperation': 'true' },
} as const;

export function denyOverwriting(sid: string, resources: readonly string[]): readonly Statement[] {
  return allow(sid, ['s3:PutObject'], resources).map((statement) => ({
    ...statement,
    Effect: 'Deny',
    Condition: WITHOUT_IF_NONE_MATCH,
  }));
}

/** For the policy of a bucket, where it holds for everybody. Builds at the bucket's top are left out. */
export function denyOverwrites(bucket: string, { apps }: Policies): readonly Statement[] {
  const created = apps
    .filter((app) => app.bucket === bucket && app.root !== '')
    .flatMap(({ app, root }) => [
      `${keys.builds({ app, root })}*`,
      `${keys.pool(app)}*`,
      `${keys.untrustedBuilds(app)}*`,
      `${keys.untrustedPool(app)}*`,
    ]);
  return denyOverwriting('NeverOverwrite', objects({ bucket }, ...created)).map((statement) => ({
    ...statement,
    Principal: '*',
  }));
}

/** What lies beside builds and decides what is served. */
export function reservedOf({ app }: Pick<AppPolicy, 'app'>): readonly string[] {
  return [
    `${app}/environments/*`,
    `${keys.tombstones(app)}*`,
    keys.settings(app),
    keys.policyCopy(app),
    'edge/*',
  ];
}
