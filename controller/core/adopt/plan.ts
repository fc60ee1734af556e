/** A live set-up as a policy that describes it, and what is left open. */
import type { Behaviour, Distribution } from '../plan/behaviours.ts';
import { answersFor } from '../plan/check-behaviours.ts';
import { isBucket } from '../plan/replaced.ts';
import { USUAL_COOKIES } from '../policy/adopted-schema.ts';
import type { AdoptFacts, Open } from './facts.ts';
import { findFunctions, judgeFunctions, type Found } from './functions.ts';

export interface AdoptPlan {
  readonly facts: AdoptFacts;
  readonly hosts: readonly string[];
  /** `flat`: one site without builds, which becomes the first one. */
  readonly layout: 'prefixes' | 'flat';
  readonly build: string;
  /** Where builds lie; undefined: below `<app>/builds/`. */
  readonly root: string | undefined;
  readonly spa: { readonly is: boolean; readonly because: string };
  readonly replaces: readonly string[];
  readonly originPath: string | undefined;
  readonly cookies: { readonly build: string; readonly override: string } | undefined;
  /** The functions that leave, and where they are. */
  readonly leaving: readonly Found[];
}

/** The plan, or all that keeps it from being made. */
export function planAdopt(facts: AdoptFacts): AdoptPlan | readonly Open[] {
  const served = listServed(facts);
  const found = findFunctions(served);
  const layout = judgeLayout(facts);
  const build = judgeBuild(facts, layout);
  const spa = judgeSpa(facts, found);
  const cookies = judgeCookies(facts, found);
  const hosts = judgeHosts(facts);
  const open = [
    ...judgeFunctions(found, facts.distribution, facts.said),
    ...judgeOthers(facts, { served, layout, found }),
    ...[layout, build, spa, cookies, hosts].filter(isOpen),
  ];
  if (open.length > 0 || isOpen(layout) || isOpen(build)) return open;
  if (isOpen(spa) || isOpen(cookies) || isOpen(hosts)) return open;
  const { originPath } = defaultOf(facts.distribution);
  const { replaces } = facts.said;
  return {
    facts,
    hosts,
    layout,
    build,
    root: layout === 'flat' ? undefined : rootOf(originPath),
    spa,
    replaces,
    originPath: originPath === '' ? undefined : originPath,
    cookies: cookies.names,
    leaving: found.filter(({ name }) => replaces.includes(name)),
  };
}

function isOpen(value: unknown): value is Open {
  return typeof value === 'object' && value !== null && 'kind' in value && 'next' in value;
}

export function defaultOf({ behaviours }: Distribution): Behaviour {
  const last = behaviours.at(-1);
  if (last === undefined) throw new Error('a distribution without a default behaviour');
  return last;
}

/** Those that Headgate's functions will run on: the bucket as the default behaviour asks it. */
export function listServed({ distribution, bucket }: AdoptFacts): readonly Behaviour[] {
  const { originPath } = defaultOf(distribution);
  return distribution.behaviours.filter(
    (one) => isBucket(one, { bucket }) && (one.originPath === originPath || one.originPath === ''),
  );
}

function rootOf(originPath: string): string {
  return originPath === '' ? '' : `${originPath.slice(1)}/`;
}

function judgeLayout(facts: AdoptFacts): AdoptPlan['layout'] | Open {
  const { content, bucket, distribution, said, parameter, shown } = facts;
  const where = `s3://${bucket}/${rootOf(defaultOf(distribution).originPath)}`;
  const { builds, hasPage } = content;
  if (!hasPage && builds.length === 0) {
    return {
      kind: 'refusal',
      message: `${where} has neither an index.html nor folders with one`,
      next: 'Look at what the distribution serves: only sites with a page at / can be adopted.',
    };
  }
  if (said.isFlat || builds.length === 0) return 'flat';
  const isNamed = said.build !== undefined || parameter !== undefined;
  if (!hasPage || isNamed || shown.kind === 'build') return 'prefixes';
  if (shown.kind === 'top') return 'flat';
  return {
    kind: 'question',
    message: `${where} has an index.html, and folders with one (${builds.slice(0, 5).join(', ')})`,
    next: 'If the folders are builds, name what visitors get: --build 1041, or --active-build-parameter; if they are pages of one site: --flat',
  };
}

function judgeBuild(facts: AdoptFacts, layout: AdoptPlan['layout'] | Open): string | Open {
  const { said, parameter, shown, content } = facts;
  if (layout === 'flat') return said.build ?? '1';
  const named = said.build ?? parameter?.value;
  if (named === undefined) {
    if (shown.kind === 'build') return shown.build;
    const why = shown.kind === 'unknown' ? ` (${shown.why})` : '';
    return {
      kind: 'question',
      message: `nothing says which build visitors get${why}`,
      next: `Name the parameter that does: --active-build-parameter /shop/active-build, or the build: --build 1041. ${tellBuilds(facts)}`,
    };
  }
  if (isOpen(layout)) return named;
  if (shown.kind === 'build' && shown.build !== named) {
    return {
      kind: 'refusal',
      message: `${said.build === undefined ? `SSM ${parameter?.name} says` : '--build says'} ${named}, and the site shows build ${shown.build}`,
      next: 'Find out which it is, and run this again: everyone would get another build.',
    };
  }
  if (content.builds.includes(named)) return named;
  return {
    kind: 'refusal',
    message: `there is no build ${named}: no folder of that name has an index.html`,
    next: tellBuilds(facts),
  };
}

function tellBuilds({ content }: AdoptFacts): string {
  return content.builds.length === 0
    ? 'There are none.'
    : `There are ${content.builds.slice(0, 5).join(', ')}.`;
}

function judgeSpa(
  { distribution, said }: AdoptFacts,
  found: readonly Found[],
): AdoptPlan['spa'] | Open {
  const pages = (distribution.errorPages ?? []).filter(
    ({ code, page, status }) =>
      [403, 404].includes(code) && page === '/index.html' && status === 200,
  );
  if (said.spa !== undefined) return { is: said.spa, because: 'as --spa says' };
  if (pages.length > 0) {
    const codes = pages.map(({ code }) => code).join(' and ');
    return { is: true, because: `its error pages answer ${codes} with /index.html` };
  }
  const rewriting = found.filter(({ events }) =>
    events.some((event) => event.endsWith('-request')),
  );
  if (rewriting.length === 0) {
    return { is: false, because: 'nothing answers a path that names no file with a page' };
  }
  return {
    kind: 'question',
    message: `only ${rewriting.map(({ name }) => name).join(', ')} knows what /some/page gets`,
    next: '--spa yes where pages that name no file get /index.html, --spa no where they are 404',
  };
}

function judgeCookies(
  { distribution, said }: AdoptFacts,
  found: readonly Found[],
): { readonly names: AdoptPlan['cookies'] } | Open {
  if (said.cookies !== undefined) {
    return { names: said.cookies === 'none' ? undefined : said.cookies };
  }
  const inKey = defaultOf(distribution).caching?.keyCookies ?? [];
  const { build, override } = USUAL_COOKIES;
  if (inKey.includes(build) && inKey.includes(override)) return { names: USUAL_COOKIES };
  if (inKey.length === 0 || found.length === 0) return { names: undefined };
  return {
    kind: 'question',
    message: `cookies are in the cache key (${inKey.join(', ')}), and only the functions know what they mean`,
    next: '--cookies <build>,<override>: the names of the one that says which build a page is of, and of the one that marks an override; or --cookies none',
  };
}

function judgeHosts({ distribution, said }: AdoptFacts): readonly string[] | Open {
  const { id, aliases } = distribution;
  const named = said.hosts.length > 0 ? said.hosts : aliases;
  const hosts = named.filter((host) => !isWildcard(host));
  if (hosts.length === 0) {
    return {
      kind: 'question',
      message: `distribution ${id} has no alternate domain name${named.length > 0 ? ' but wildcards' : ''}`,
      next: `Name the hosts: --hosts shop.example.com, which it must answer for`,
    };
  }
  // Routes are found by the host.
  const left = aliases.filter((alias) =>
    isWildcard(alias)
      ? !said.hosts.some((host) => answersFor({ aliases: [alias] }, host))
      : !hosts.includes(alias),
  );
  if (left.length === 0) return hosts;
  return {
    kind: 'question',
    message: `distribution ${id} answers for ${left.join(', ')} too, and Headgate's functions answer 503 to whoever asks for a host that the policy doesn't name`,
    next: `Name every host that visitors use, also those behind a wildcard: --hosts ${hosts.join(',')},...; what nobody uses, take off the distribution.`,
  };
}

function isWildcard(host: string): boolean {
  return host.startsWith('*.');
}

interface Judged {
  readonly served: readonly Behaviour[];
  readonly layout: AdoptPlan['layout'] | Open;
  readonly found: readonly Found[];
}

/** Other behaviours of the bucket would be served from builds, too: their files must be there. */
function judgeOthers(
  { distribution, inBuild, bucket, said }: AdoptFacts,
  { served, layout, found }: Judged,
): readonly Open[] {
  if (isOpen(layout)) return [];
  const { originPath } = defaultOf(distribution);
  // Where none of what chooses builds runs, files are asked for by their own names: a build may have some of them.
  const choosing = found.filter(
    ({ name, patterns }) => said.replaces.includes(name) && patterns.includes('*'),
  );
  const isLiteral = (pattern: string) =>
    choosing.length > 0 && !choosing.some(({ patterns }) => patterns.includes(pattern));
  return served
    .slice(0, -1)
    .filter((one) =>
      // What a flat site serves below the same path becomes a part of its first build.
      layout === 'flat'
        ? one.originPath !== originPath
        : !inBuild.includes(one.pattern) || isLiteral(one.pattern),
    )
    .map(({ pattern }) => ({
      kind: 'refusal' as const,
      message: `behaviour ${pattern} of distribution ${distribution.id} serves files of bucket ${bucket} that the build doesn't have, or not all of them`,
      next: `Copy them below a folder of their own (aws s3 cp --recursive), and give the behaviour an origin with that folder as its origin path: then Headgate leaves it alone.`,
    }));
}
