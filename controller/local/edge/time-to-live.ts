import type { CachePolicy } from './cache-policy.ts';

/** Response headers with lower-case names; several values of one name are a list. */
export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** How long a successful answer may stay, in seconds: the documented table of the developer guide. */
export function judgeSuccess(headers: Headers, policy: CachePolicy, now: Date): number {
  const { minimumSeconds, defaultSeconds, maximumSeconds } = policy;
  const directives = readDirectives(headers);
  // A minimum above 0 wins over the origin's no: that is what makes no-cache HTML cacheable here.
  if (['no-cache', 'no-store', 'private'].some((name) => directives.has(name))) {
    return minimumSeconds;
  }
  const asked = readLifetime(headers, directives, now);
  if (asked === undefined) return Math.max(minimumSeconds, defaultSeconds);
  return Math.min(Math.max(asked, minimumSeconds), maximumSeconds);
}

/** How long an error may stay, in seconds: the rule's minimum, or longer when the origin says so. */
export function judgeError(headers: Headers, minimumSeconds: number, now: Date): number {
  return Math.max(minimumSeconds, readLifetime(headers, readDirectives(headers), now) ?? 0);
}

function readDirectives(headers: Headers): ReadonlyMap<string, string> {
  const parts = String(headers['cache-control'] ?? '').split(',');
  return new Map(
    parts.map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [name.trim().toLowerCase(), value.replaceAll('"', '').trim()];
    }),
  );
}

function readLifetime(
  headers: Headers,
  directives: ReadonlyMap<string, string>,
  now: Date,
): number | undefined {
  const written = directives.get('s-maxage') ?? directives.get('max-age');
  if (written !== undefined && /^\d+$/.test(written)) return Number(written);
  const expires = headers['expires'];
  if (expires === undefined) return undefined;
  // A date that can't be read, like the common "0", has passed.
  return Math.max(0, (Date.parse(String(expires)) - now.getTime()) / 1000 || 0);
}
