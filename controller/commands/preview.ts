import { EXIT, RefusedError, UsageError, type ExitCode } from '../core/errors.ts';
import { findOrigin } from '../core/policy/origins.ts';
import type { AppPolicy } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { sortNewestFirst } from '../core/publish/pull-request.ts';
import { previewMarker, renderPreviewComment } from '../core/report/preview-comment.ts';
import {
  BUILD_PATTERN,
  describeBuild,
  isUntrusted,
  startWith,
  type Build,
} from '../core/state/build.ts';
import { listAllNamed } from '../core/state/origins.ts';
import { findQuarantine } from '../core/state/quarantine.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import { parseRoute } from '../core/state/route.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { placeOfRun, writeComment, type CommentPlace } from '../show/preview-comment.ts';
import { findPreviewSubject } from './find-preview-subject.ts';
import { POLICIES_DIRECTORY } from './load-policies.ts';
import { readGitHubRun } from './require-github.ts';
import { readLifetime } from './keys/lifetime.ts';
import { createLinks, hostOf, type Link } from './preview/create-links.ts';

export const preview: Command = {
  name: 'preview',
  summary: 'A link that shows one browser another build',
  help: `headgate preview <app> <environment> <build> [--ttl <duration>]
                 [--policies <dir> | --bucket <bucket> [--region <region>]]
                 [--github] [--json]

Prints a link to the first host of the environment. Whoever opens it sees the
build on every page there, until the browser closes or they open
?override_build_number=off. With \`preview: { access: signed }\` the link carries
a token for this app, environment and build, and stops working when it expires.

  headgate preview shop prod 1043 --ttl 2h
  headgate preview shop pulls pr-12-3

A whole origin of the policy (\`origins\`) can be shown once the live route has
it: by release, cohort or split.

Builds of pull requests (pr-...) are shown by environments with
\`preview: { builds: all }\` only.

\`headgate gc\` leaves the build alone until the link expires; what can be opened
by anyone never does, and counts for as long as a signed link would.

  --ttl <duration>   of a signed link (default, and at most: the policy's)
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --bucket, --region where the record is, when no policy says so: in the
                     repository of an app, say
  --github           keeps a comment in the pull request of this run, with links
                     to all its builds; in a run of GitHub Actions
  --json             the link, its host, access and expiry

Exit codes: 0 printed, 2 the policy or the arguments are wrong, the build is
not published or there are no keys, 3 an open preview of a quarantined build,
or a build of a pull request where only builds of protected refs are shown.`,
  options: {
    ttl: { type: 'string' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    bucket: { type: 'string' },
    region: { type: 'string' },
    github: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runPreview,
};

async function runPreview(args: Arguments, context: Context): Promise<ExitCode> {
  const { positionals, values } = args;
  const [app = '', environment = '', build = '', ...rest] = positionals;
  if (build === '' || rest.length > 0) {
    throw new UsageError(
      'preview needs an app, an environment and a build.',
      'For example: headgate preview shop prod 1043',
    );
  }
  const run = await readGitHubRun(context, values);
  const shown = run && placeOfRun(run);
  const named = { positionals: [app, environment], values };
  const subject = await findPreviewSubject(named, context);
  refuseUntrusted(subject, build);
  await checkBuild(subject, build, context);
  const link = await createLinks(subject, { lifetime: readLink(subject, values), context });
  const { url, expires } = await link(build);
  // Once more: a collection that was retiring it may not have seen that somebody gets a link.
  if (findOrigin(subject.app, build) === undefined) {
    await findPublished(subject.app, build, context);
  }
  const { access } = subject.environment.preview;
  const host = hostOf(subject.environment);
  const result = { url, host, build, access, ...(expires !== undefined && { expires }) };
  context.terminal.print(values['json'] === true ? JSON.stringify(result) : url);
  if (expires !== undefined) context.terminal.note(`Valid until ${expires}.`);
  if (shown) await showLinks({ subject, build, link }, shown, context);
  return EXIT.done;
}

interface Linked {
  readonly subject: EnvironmentSubject;
  readonly build: string;
  readonly link: Link;
}

/** One comment: this build, and below it what else the pull request has published. */
async function showLinks(
  { subject, build, link }: Linked,
  place: CommentPlace,
  context: Context,
): Promise<void> {
  const { app, environment } = subject;
  // Keys are whatever somebody stored: what is no build number has no link, and no place in Markdown.
  const published = (await context.untrustedBuilds(app).list(app.app, place.pullRequest))
    .filter((one) => one.isPublished && BUILD_PATTERN.test(one.build))
    .map((one) => one.build);
  const earlier = sortNewestFirst(published).filter((one) => one !== build);
  const links = [build, ...earlier].map(async (one) => ({ build: one, ...(await link(one)) }));
  const [newest, ...others] = await Promise.all(links);
  const body = renderPreviewComment({
    app: app.app,
    environment: environment.name,
    host: hostOf(subject.environment),
    links: newest === undefined ? others : [newest, ...others],
    commit: place.commit,
    ...(newest?.expires !== undefined && { expires: newest.expires }),
  });
  await context.terminal.summary(body);
  await writeComment(context, place, { marker: previewMarker(app.app), body });
}

/** What a pull request runs could do as a customer's browser does: it is kept off their hosts. */
function refuseUntrusted({ app, environment }: EnvironmentSubject, build: string): void {
  if (!isUntrusted(build) || environment.preview.builds === 'all') return;
  const name = `${app.app}/${environment.name}`;
  const others = app.environments.filter(({ preview: { builds } }) => builds === 'all');
  const [other] = others;
  throw new RefusedError(
    `${name} shows builds of protected refs only, and ${build} is a build of a pull request.`,
    other === undefined
      ? `Add an environment for pull requests, with a distribution and a host on another registrable domain, and \`preview: { builds: all }\`.`
      : `Look at it there: headgate preview ${app.app} ${other.name} ${build}`,
  );
}

async function checkBuild(
  { app, environment }: EnvironmentSubject,
  build: string,
  context: Context,
): Promise<void> {
  const { access } = environment.preview;
  const name = `${app.app}/${environment.name}`;
  if (access === 'off') {
    throw new UsageError(
      `The policy of ${name} allows no previews (preview: access: off).`,
      'Say `access: signed` there and reconcile.',
    );
  }
  const found = findOrigin(app, build) ?? (await findPublished(app, build, context));
  if (access === 'signed' && found.origin === undefined) return;
  const record = (await context.records(app).read(app.app, environment.name))?.record;
  if (found.origin !== undefined) checkRouted(found, name, record);
  const entry = findQuarantine(record?.quarantine ?? [], found);
  if (entry === undefined || access === 'signed') return;
  throw new RefusedError(
    `${startWith(found)} is quarantined in ${name} (${entry.reason}), and open previews don't show those.`,
    'A signed preview may: say `access: signed` in the policy and reconcile.',
  );
}

async function findPublished(app: AppPolicy, build: string, context: Context): Promise<Build> {
  const published = await context.builds(app).readManifest(app.app, build);
  if (published !== undefined) return { build, digest: published.digest };
  throw new UsageError(
    `Build ${build} of ${app.app} is not published in bucket ${app.bucket}.`,
    `\`headgate build list --bucket ${app.bucket} --app ${app.app}\` lists those that are.`,
  );
}

/** The edge knows an origin from the route alone, so a preview can't be ahead of it. */
function checkRouted(origin: Build, name: string, record: EnvironmentRecord | undefined): void {
  const route = parseRoute(record?.route);
  const named = route === undefined ? [] : listAllNamed(route);
  if (named.some((ref) => ref[1] === origin.digest)) return;
  throw new UsageError(
    `The live route of ${name} has no ${describeBuild(origin)}, so no preview can show it.`,
    `Give it to a cohort first, and reconcile: cohorts: [{ name: staff, build: ${origin.build}, cookie: staff }]`,
  );
}

/** Seconds. What anyone may open never ends: it counts for as long as a signed link would. */
function readLink(
  { environment }: EnvironmentSubject,
  { ttl, bucket }: Arguments['values'],
): number {
  const { access, ttlSeconds } = environment.preview;
  if (access !== 'signed') return ttlSeconds;
  const why =
    bucket === undefined ? "it is the policy's `preview: ttl`" : 'without a policy it is the most';
  return readLifetime(ttl, { usual: ttlSeconds, limit: ttlSeconds, why });
}
