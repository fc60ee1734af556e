/** What a distribution keeps, by which key, and what it makes of errors. */
import { normalise, pooledBehaviours, servedBehaviours } from '../plan/behaviours.ts';
import { usesOrigins } from '../plan/origins.ts';
import {
  ofBucket,
  type BehaviourSettings,
  type DistributionSettings,
} from './distribution-settings.ts';
import type { DoctorFacts, EnvironmentLook } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';

export function checkCaches({ environments }: DoctorFacts): readonly Finding[] {
  return environments.flatMap((look) =>
    look.settings.flatMap((settings) =>
      settings === undefined
        ? []
        : [
            ...checkKeys(look, settings),
            ...checkPool(look, settings),
            ...checkErrors(look, settings),
            ...checkStored(look, settings),
          ],
    ),
  );
}

function nameOf({ subject: { app, environment } }: EnvironmentLook): string {
  return `${app.app}/${environment.name}`;
}

/** Behaviours that serve builds by the path that the function makes; those of APIs are the team's own. */
function servedOf(look: EnvironmentLook, settings: DistributionSettings): BehaviourSettings[] {
  return look.planned.flatMap(({ facts }) => {
    // Whole origins want parts of the request in the key, and no minimum: the plan judges that.
    if (usesOrigins(facts.app, facts.adoption.record)) return [];
    const { distribution } = facts;
    const served =
      distribution === undefined ? [] : servedBehaviours(distribution, look.subject.app);
    const patterns = served.map(({ pattern }) => pattern);
    return settings.behaviours.filter(({ pattern }) => patterns.includes(pattern));
  });
}

/** Managed-CachingOptimized has 1 s, which is as good as none. */
const LEAST = 60;

const NARROW =
  'Give it a cache policy without cookies, query strings and headers, and a minimum TTL of a day: the build is in the path.';

const DAY = 86_400;

function checkKeys(look: EnvironmentLook, settings: DistributionSettings): readonly Finding[] {
  const subject = nameOf(look);
  return servedOf(look, settings).flatMap((behaviour) => {
    const { key } = behaviour;
    const place = placeOf(behaviour);
    return [
      ...checkKey(behaviour, { subject, fix: NARROW }),
      ...foundIf(key.minimum < LEAST, 'no-minimum', {
        subject,
        what:
          key.maximum === 0
            ? `${place} caches nothing`
            : `${place} has a minimum TTL of ${key.minimum} s`,
        evidence: 'browsers must ask for pages anew, and only the minimum lets the edge keep them',
        fix: NARROW,
      }),
      ...foundIf(key.minimum >= LEAST && key.maximum < DAY, 'maximum-short', {
        subject,
        what: `${place} keeps nothing for longer than ${key.maximum} s`,
        fix: NARROW,
      }),
    ];
  });
}

const LONG =
  'Give it a cache policy without cookies, query strings and headers, and a maximum TTL of a year: the name of a pooled file stands for its content.';

/** Pooled files say themselves how long, so no minimum is needed. */
function checkPool(look: EnvironmentLook, settings: DistributionSettings): readonly Finding[] {
  const subject = nameOf(look);
  return look.planned.flatMap(({ facts: { app, distribution } }) => {
    const pooled = distribution === undefined ? [] : pooledBehaviours(distribution, app);
    const patterns = pooled.map(({ pattern }) => pattern);
    return settings.behaviours
      .filter(({ pattern }) => patterns.includes(normalise(pattern)))
      .flatMap((behaviour) => [
        ...checkKey(behaviour, { subject, fix: LONG }),
        ...foundIf(behaviour.key.maximum < DAY, 'maximum-short', {
          subject,
          what: `${placeOf(behaviour)} keeps nothing for longer than ${behaviour.key.maximum} s`,
          fix: LONG,
        }),
      ]);
  });
}

function placeOf({ pattern, key }: BehaviourSettings): string {
  return `behaviour ${pattern} (${key.name})`;
}

function checkKey(
  behaviour: BehaviourSettings,
  about: { readonly subject: string; readonly fix: string },
): readonly Finding[] {
  const { key } = behaviour;
  const inKey = (what: string) => ({
    ...about,
    what: `${placeOf(behaviour)} has ${what} in its cache key`,
  });
  return [
    ...foundIf(key.cookies, 'cookies-in-key', inKey('cookies')),
    ...foundIf(key.queryStrings, 'query-in-key', inKey('query strings')),
    ...foundIf(key.headers.length > 0, 'headers-in-key', inKey(key.headers.join(', '))),
  ];
}

const MISSING = [403, 404];

function checkErrors(look: EnvironmentLook, { errors }: DistributionSettings): readonly Finding[] {
  const subject = nameOf(look);
  const { distribution } = look.subject.environment.edge;
  const rewritten = errors.filter(
    ({ status, page }) => MISSING.includes(status) && page !== undefined,
  );
  const kept = MISSING.flatMap((status) => {
    const setting = errors.find((one) => one.status === status);
    // What CloudFront does where nothing is said (documented).
    const seconds = setting === undefined ? 10 : setting.seconds;
    return seconds === 0 ? [] : [`${status} for ${seconds} s`];
  });
  return [
    ...rewritten.map(({ status, page }) =>
      found('errors-rewritten', {
        subject,
        what: `distribution ${distribution} answers ${page} where an origin says ${status}: for an API, and for a missing script, too`,
        fix: `Remove the custom error response of ${status} (leave its caching at 0 s): with \`spa: true\` the function serves the page to navigations.`,
      }),
    ),
    ...foundIf(kept.length > 0, 'errors-cached', {
      subject,
      what: `distribution ${distribution} keeps ${kept.join(', ')}`,
      fix: `Set ErrorCachingMinTTL to 0 for 403 and 404.`,
    }),
  ];
}

function checkStored(look: EnvironmentLook, settings: DistributionSettings): readonly Finding[] {
  const subject = nameOf(look);
  const { app } = look.subject;
  const own = ofBucket(settings, app);
  const replaced = own.filter(({ cacheControl }) => cacheControl?.overrides === true);
  const silent = own.filter(
    ({ cacheControl }) =>
      cacheControl?.overrides !== true && !/no-store/i.test(cacheControl?.value ?? ''),
  );
  const fix =
    'Give them a response headers policy with the custom header cache-control: no-store, override off.';
  return [
    ...foundIf(replaced.length > 0, 'cache-control-overridden', {
      subject,
      what: `behaviours ${list(replaced)} replace the Cache-Control of what is in bucket ${app.bucket}`,
      fix,
    }),
    ...foundIf(silent.length > 0, 'no-store-missing', {
      subject,
      what: `behaviours ${list(silent)} say nothing where S3 says nothing: a 404 may stay in browsers`,
      fix,
    }),
  ];
}

function list(behaviours: readonly BehaviourSettings[]): string {
  return behaviours.map(({ pattern }) => pattern).join(', ');
}
