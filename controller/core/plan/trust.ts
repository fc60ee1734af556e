/** Builds of pull requests: served where the policy says so, and out of reach everywhere else. */
import type { AppPolicy, EdgeGroup, EnvironmentPolicy } from '../policy/policy.ts';
import { keys } from '../state/keys.ts';
import type { Behaviour, Distribution } from './behaviours.ts';

interface Subject {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
  readonly neighbours?: readonly AppPolicy[];
  readonly group?: Pick<EdgeGroup, 'runtime'>;
}

/** What an origin group asks after its first origin, and after which of its answers. */
export interface SecondOrigin {
  readonly originDomain: string;
  readonly originPath: string;
  readonly statuses: readonly number[];
}

/** S3 says 403 or 404 of what isn't in the pool, by what the distribution may list. */
const MISSING = [403, 404];

/** `pooled`: the behaviours that serve the app's pool. */
export function checkTrust(
  distribution: Distribution,
  { app, environment }: Subject,
  pooled: readonly Behaviour[],
): string[] {
  if (environment.preview.builds === 'all') {
    return pooled
      .filter((behaviour) => !asksBoth(behaviour, app))
      .map(
        ({ pattern }) =>
          `${app.app}/${environment.name} shows builds of pull requests (preview.builds: all), and behaviour ${pattern} of ` +
          `distribution ${distribution.id} finds their pooled files nowhere: give it an origin group of origin path ` +
          `${pathOf(keys.pool(app.app))}, then ${pathOf(keys.untrustedPool(app.app))} on 403 and 404`,
      );
  }
  return distribution.behaviours
    .filter((behaviour) =>
      [behaviour, ...(behaviour.second ? [behaviour.second] : [])].some(
        (origin) => leadsToUntrusted(origin) || isAppFolder(origin, app),
      ),
    )
    .map(
      ({ pattern }) =>
        `behaviour ${pattern} of distribution ${distribution.id} reaches builds of pull requests, and ` +
        `${app.app}/${environment.name} shows builds of protected refs only: take that origin off it`,
    );
}

function asksBoth({ originDomain, second }: Behaviour, { app }: AppPolicy): boolean {
  return (
    second?.originDomain === originDomain &&
    second.originPath === pathOf(keys.untrustedPool(app)) &&
    MISSING.every((status) => second.statuses.includes(status))
  );
}

/** Of any app: what one team doesn't trust is no better on another's host. */
function leadsToUntrusted({
  originDomain,
  originPath,
}: Pick<Behaviour, 'originDomain' | 'originPath'>): boolean {
  return /\.s3[.-]/.test(originDomain) && /^\/[^/]+\/untrusted(\/|$)/.test(originPath);
}

/** All of an app's folder is below it: `/untrusted/builds/pr-1/index.html` would be a path of this host. */
function isAppFolder(
  { originDomain, originPath }: Pick<Behaviour, 'originDomain' | 'originPath'>,
  { app, bucket }: AppPolicy,
): boolean {
  return originDomain.startsWith(`${bucket}.s3.`) && originPath === `/${app}`;
}

function pathOf(key: string): string {
  return `/${key}`.slice(0, -1);
}

/** What a plan says where builds of pull requests are shown. */
export function explainTrust(subject: Subject): readonly string[] {
  const { app, environment, neighbours } = subject;
  if (environment.preview.builds !== 'all') return [];
  const id = `${app.app}/${environment.name}`;
  const near = environment.hosts.flatMap((host) => {
    const other = [...hostsOf(app), ...(neighbours ?? []).flatMap(hostsOf)].find(
      (one) => siteOf(one) === siteOf(host),
    );
    return other === undefined ? [] : [`${host} seems to be the same site as ${other}`];
  });
  return [
    `${id} shows builds of pull requests on ${environment.hosts.join(', ')}: code that nobody has reviewed`,
    ...near.map(
      (text) =>
        `warning: ${text}: its code could set cookies there and ask as its pages do; use another registrable domain`,
    ),
    ...explainShared(subject),
  ];
}

/**
 * IAM knows no single keys of a KeyValueStore: who may read the keys that sign links of pull requests, as their
 * job may, reads those of every environment in the same group.
 */
function explainShared({ app, environment, group, neighbours = [] }: Subject): readonly string[] {
  const { edge, preview } = environment;
  if (preview.access !== 'signed' || group?.runtime === 'lambda-edge') return [];
  const protectedOnes = [app, ...neighbours].flatMap(({ app: name, environments }) =>
    environments
      .filter((one) => one.edge.group === edge.group && one.preview.builds !== 'all')
      .map((one) => `${name}/${one.name}`),
  );
  if (protectedOnes.length === 0) return [];
  return [
    `warning: edge group ${edge.group} has ${protectedOnes.join(', ')} too: who signs links of pull requests can sign ` +
      'previews, priority and sessions there; give pull requests a group with a store of its own',
  ];
}

/** Where customers are. */
function hostsOf({ environments }: AppPolicy): readonly string[] {
  return environments
    .filter(({ preview }) => preview.builds !== 'all')
    .flatMap(({ hosts }) => hosts);
}

/** Without the list of public suffixes a guess, which is why it warns and doesn't refuse. */
function siteOf(host: string): string {
  return host.split('.').slice(-2).join('.');
}
