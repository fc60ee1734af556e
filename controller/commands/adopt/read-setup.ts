import { readBucket } from '../../core/adopt/bucket.ts';
import { findCandidates, folderOf, hasMatch } from '../../core/adopt/content.ts';
import type { AdoptFacts, Content, Shown } from '../../core/adopt/facts.ts';
import { defaultOf, listServed } from '../../core/adopt/plan.ts';
import { RefusedError, UsageError } from '../../core/errors.ts';
import type { Distribution } from '../../core/plan/behaviours.ts';
import type { Context } from '../../ports/context.ts';
import type { AdoptRequest } from './said.ts';

/** So many of the newest folders are looked at: a bucket may have years of them. */
const FOLDERS_LIMIT = 40;
/** And so many pages are compared with what the site shows. */
const PAGES_LIMIT = 20;
const SITE_MILLISECONDS = 10_000;

/** Reads all that a plan is made from; changes nothing. */
export async function readSetup(request: AdoptRequest, context: Context): Promise<AdoptFacts> {
  const distribution = await readDistribution(request.distribution, context);
  const { originDomain, originPath } = defaultOf(distribution);
  const place = findPlace(request, originDomain);
  const folder = originPath === '' ? '' : `${originPath.slice(1)}/`;
  const { parameter: name, said } = request;
  const [found, parameters] = await Promise.all([
    context.collections(place).folders(folder),
    name === undefined ? undefined : context.parameters(place.region).read([name]),
  ]);
  const value = name === undefined ? undefined : parameters?.get(name)?.value;
  if (name !== undefined && value === undefined) {
    throw new UsageError(
      `There is no SSM parameter ${name} in ${place.region}, or it is no String.`,
      'Name the one that says which build is active, in the region of the bucket; or say --build.',
    );
  }
  const where = { place, folder, context };
  const named = [said.build, value].flatMap((build) => build ?? []);
  const content = await readContent(found.found, { ...where, app: request.app, named });
  const build = named[0] ?? content.builds[0] ?? '';
  const shown = await readShown(request, { ...where, content, named, distribution });
  const facts: AdoptFacts = {
    app: request.app,
    environment: request.environment,
    group: request.group,
    distribution,
    ...place,
    content,
    parameter: name === undefined ? undefined : { name, value },
    said,
    shown,
    inBuild: [],
  };
  const active = shown.kind === 'build' ? shown.build : build;
  return { ...facts, inBuild: await readOthers(facts, { ...where, build: active }) };
}

async function readDistribution(id: string, { distributions }: Context): Promise<Distribution> {
  const found = await distributions.read(id, { caching: true });
  if (found !== undefined) return found;
  throw new UsageError(
    `There is no distribution ${id}.`,
    "aws cloudfront list-distributions --query 'DistributionList.Items[].[Id,Aliases.Items]'",
  );
}

function findPlace({ region }: AdoptRequest, domain: string) {
  const found = readBucket(domain);
  if (found === undefined) {
    throw new RefusedError(
      `The default behaviour asks ${domain}, which is no S3 bucket.`,
      /s3-website/.test(domain)
        ? 'It is the website of a bucket, which has no private access: give the distribution the bucket itself as an origin (its REST domain, with origin access control) first.'
        : 'Headgate serves builds from S3; a server can be a whole origin beside them (`origins` in the policy).',
    );
  }
  const place = region ?? found.region;
  if (place !== undefined) return { bucket: found.bucket, region: place };
  throw new UsageError(
    `The origin ${domain} doesn't say in which region the bucket is.`,
    `--region <region>; aws s3api get-bucket-location --bucket ${found.bucket} tells it`,
  );
}

interface Where {
  readonly place: { readonly bucket: string; readonly region: string };
  /** '' or with a slash at its end. */
  readonly folder: string;
  readonly context: Context;
}

async function readContent(
  folders: readonly string[],
  { place, folder, context, app, named }: Where & { app: string; named: readonly string[] },
): Promise<Content> {
  const store = context.uploads(place);
  const hasPage = async (below: string) =>
    (await store.describe(`${folder}${below}index.html`)) !== undefined;
  const candidates = findCandidates(folders, app);
  const looked = candidates.filter((name, index) => index < FOLDERS_LIMIT || named.includes(name));
  const [own, ...found] = await Promise.all([
    hasPage(''),
    ...looked.map((name) => hasPage(`${name}/`)),
  ]);
  return { hasPage: own, folders, builds: looked.filter((_, index) => found[index]) };
}

/** Asks the site for its page, and finds the build that it is of. */
async function readShown(
  { said }: AdoptRequest,
  {
    place,
    folder,
    context,
    content,
    named,
    distribution,
  }: Where & { content: Content; named: readonly string[]; distribution: Distribution },
): Promise<Shown> {
  const host = [...said.hosts, ...distribution.aliases].find((one) => !one.startsWith('*.'));
  if (host === undefined) return { kind: 'unknown', why: 'no host is known to ask' };
  const answer = await context.probe.get(`https://${host}/`, {
    timeoutMilliseconds: SITE_MILLISECONDS,
  });
  if ('error' in answer) return { kind: 'unknown', why: `${host} did not answer: ${answer.error}` };
  if (answer.status !== 200) return { kind: 'unknown', why: `${host} answered ${answer.status}` };
  const store = context.uploads(place);
  const isPage = async (key: string) => {
    const bytes = await store.read(key);
    return bytes !== undefined && Buffer.from(bytes).toString() === answer.body;
  };
  const others = content.builds.filter((build) => !named.includes(build));
  const first = content.builds.filter((build) => named.includes(build));
  for (const build of [...first, ...others].slice(0, PAGES_LIMIT)) {
    if (await isPage(`${folder}${build}/index.html`)) return { kind: 'build', build };
  }
  if (content.hasPage && (await isPage(`${folder}index.html`))) return { kind: 'top' };
  return { kind: 'other' };
}

/** Other behaviours of the bucket whose files the build has, too. */
async function readOthers(
  facts: AdoptFacts,
  { place, folder, context, build }: Where & { build: string },
): Promise<readonly string[]> {
  const root = `${folder}${build}/`;
  const others = listServed(facts).slice(0, -1);
  const found = await Promise.all(
    others.map(async ({ pattern }) => {
      const keys = await context.uploads(place).keys(`${root}${folderOf(pattern)}`);
      return hasMatch(
        pattern,
        [...keys].map((key) => key.slice(root.length)),
      );
    }),
  );
  return others.flatMap(({ pattern }, index) => (found[index] === true ? [pattern] : []));
}
