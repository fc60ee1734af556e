/** Servers beside the builds: APIs of `setup`, and whole origins. */
import { servedBehaviours, type Behaviour } from '../plan/behaviours.ts';
import { usesOrigins } from '../plan/origins.ts';
import { setupOf } from '../policy/setup.ts';
import type { CacheKey } from './distribution-settings.ts';
import type { DoctorFacts, EnvironmentLook } from './facts.ts';
import { foundIf, type Finding } from './finding.ts';

export function checkApis({ environments, policies }: DoctorFacts): readonly Finding[] {
  const { apis } = setupOf(policies);
  return environments.flatMap((look) => judge(look, apis));
}

function judge(
  { subject: { app, environment }, planned, settings }: EnvironmentLook,
  apis: ReturnType<typeof setupOf>['apis'],
): readonly Finding[] {
  const subject = `${app.app}/${environment.name}`;
  const wanted = Object.entries(apis[subject] ?? {});
  return planned.flatMap(({ facts: { distribution, adoption } }) => {
    if (distribution === undefined) return [];
    const present = wanted.flatMap(([pattern, url]) =>
      distribution.behaviours.filter((one) => isServer(one, pattern, new URL(url))),
    );
    const patterns = present.map(({ pattern }) => withSlash(pattern));
    const kept = settings.flatMap((known) =>
      (known?.behaviours ?? []).filter(
        ({ pattern, key }) =>
          patterns.includes(withSlash(pattern)) && key.minimum > 0 && !isPersonal(key),
      ),
    );
    const whole = usesOrigins(app, adoption.record) ? servedBehaviours(distribution, app) : [];
    return describe(
      { subject, id: distribution.id },
      {
        missing: wanted.filter(([pattern]) => !patterns.includes(withSlash(pattern))),
        kept: kept.map(({ pattern }) => pattern),
        deaf: [...present, ...whole]
          .filter(({ methods }) => !methods.includes('POST'))
          .map(({ pattern }) => pattern),
      },
    );
  });
}

interface Seen {
  /** Paths with their servers. */
  readonly missing: readonly (readonly [string, string])[];
  readonly kept: readonly string[];
  readonly deaf: readonly string[];
}

function describe(
  { subject, id }: { readonly subject: string; readonly id: string },
  { missing, kept, deaf }: Seen,
): readonly Finding[] {
  return [
    ...foundIf(missing.length > 0, 'api-missing', {
      subject,
      what: `distribution ${id} does not send ${missing.map((one) => one.join(' to ')).join(', ')}, as setup.apis says`,
      fix: 'Add the behaviour, ahead of those that serve builds (headgate bootstrap --deploy does); or correct setup.apis.',
    }),
    ...foundIf(kept.length > 0, 'api-cached', {
      subject,
      what: `behaviours ${kept.join(', ')} of distribution ${id} have a minimum TTL: what an API answers one visitor goes to others`,
      evidence: 'a minimum counts for answers that say no-store, too',
      fix: 'Give them the cache policy Managed-CachingDisabled, or one whose minimum TTL is 0; or have what visitors sign in by in the key.',
    }),
    ...foundIf(deaf.length > 0, 'methods-missing', {
      subject,
      what: `behaviours ${deaf.join(', ')} of distribution ${id} let servers have GET and HEAD alone`,
      fix: 'Set AllowedMethods to GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE.',
    }),
  ];
}

/** Whoever signs in by a cookie or by Authorization has answers of his own in the cache. */
function isPersonal({ cookies, headers }: CacheKey): boolean {
  return cookies || headers.some((name) => /^(authorization|\*)$/i.test(name));
}

function isServer({ pattern, originDomain, originPath }: Behaviour, wanted: string, url: URL) {
  return (
    withSlash(pattern) === withSlash(wanted) &&
    originDomain === url.hostname &&
    withSlash(originPath) === withSlash(url.pathname)
  );
}

/** CloudFront takes patterns with and without one (documented). */
function withSlash(pattern: string): string {
  return pattern.startsWith('/') ? pattern : `/${pattern}`;
}
