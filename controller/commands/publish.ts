import { EXIT, type ExitCode } from '../core/errors.ts';
import * as names from '../core/policy/values.ts';
import { isUntrusted } from '../core/state/build.ts';
import { renderResult, renderSummary } from '../core/publish/report.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { publishPages, type PagesRequest } from './publish/pages.ts';
import { readBuild, type PublishRequest } from './publish/read-build.ts';
import { storeBuild } from './publish/store-build.ts';
import { checkFlag, readPlace, refuseArguments } from './read-place.ts';

export const publish: Command = {
  name: 'publish',
  summary: 'Store a built directory as an immutable build',
  help: `headgate publish <dir> --bucket <bucket> --app <app> --build <number>
                 [--region <region>] [--json]
headgate publish <dir> --untrusted --build pr-<anything> ...
headgate publish --pages <dir> --bucket <bucket> --app <app>
                 [--region <region>] [--json]

The first uploads every file of <dir> below <app>/builds/<number>/ in the
bucket, and files whose names carry a content hash (by default /assets/*) once
for all builds below <app>/pool/. Nothing stored is ever changed. The manifest
is written last: until then the build does not exist. Interrupted: run it again
and only the rest moves. The same build again does nothing.

With --untrusted everything goes below <app>/untrusted/ instead, so that the job
of a pull request may have a role that writes nowhere else. Such a build is
served by environments with \`preview: { builds: all }\` only. Pooled files that
are in <app>/pool/ already are not sent again; the role must be able to read
them, since the edge looks there first.

The last uploads waiting and error pages below <app>/pages/, where
\`gate: page\` of a policy looks for them. These may change: what is there under
the same name is replaced, the rest stays. The edge serves such a page in place
of any path, so its styles and images belong into the page itself.

  headgate publish dist --bucket acme-web-builds --app shop --build 1043
  headgate publish dist --untrusted --bucket acme-web --app shop --build pr-12-3
  headgate publish --pages pages --bucket acme-web-builds --app shop

  --bucket <bucket>  the S3 bucket that the policy of the app names
  --app <app>        the app, as in its policy
  --pages <dir>      the directory of the waiting and error pages
  --build <number>   1 to 64 letters, digits, ".", "_", "-"; never used before
  --untrusted        a build of a pull request: its number starts with "pr-",
                     as no other's does
  --region <region>  of the bucket (default: AWS_REGION, then what S3 answers)
  --json             the result as JSON

Exit codes: 0 published (now or before), 2 the directory or the arguments are
wrong, 3 that number, or the name of a pooled file, has other bytes already.`,
  options: {
    bucket: { type: 'string' },
    app: { type: 'string' },
    build: { type: 'string' },
    pages: { type: 'string' },
    untrusted: { type: 'boolean' },
    region: { type: 'string' },
    json: { type: 'boolean' },
  },
  allowPositionals: true,
  run: runPublish,
};

async function runPublish(args: Arguments, context: Context): Promise<ExitCode> {
  if (args.values['pages'] !== undefined) {
    return publishPages(parsePagesRequest(args), context);
  }
  const request = parseRequest(args);
  const manifest = await readBuild(request, context);
  const result = await storeBuild(request, manifest, context);
  context.terminal.print(
    args.values['json'] ? JSON.stringify(result, null, 2) : renderResult(result),
  );
  await context.terminal.summary(renderSummary(result));
  return EXIT.done;
}

const EXAMPLE =
  'For example: headgate publish dist --bucket acme-web-builds --app shop --build 1043';

/** Says all that is wrong with the arguments at once. */
function parseRequest({ positionals, values }: Arguments): PublishRequest {
  const [directory = '', second] = positionals;
  const build = String(values['build'] ?? '');
  const { problems, ...place } = readPlace(values);
  refuseArguments(
    [
      ...(directory === '' ? ['the directory to publish is missing'] : []),
      ...(second === undefined ? [] : [`${JSON.stringify(second)} is a second directory`]),
      ...checkFlag('build', build, names.build),
      ...checkTrust(build, values['untrusted'] === true),
      ...problems,
    ],
    EXAMPLE,
  );
  return { directory, build, ...place };
}

/** The number says where a build lies, so a number for the other place is a mistake of the job's. */
function checkTrust(build: string, untrusted: boolean): readonly string[] {
  if (build === '' || isUntrusted(build) === untrusted) return [];
  const number = JSON.stringify(build);
  return untrusted
    ? [
        `--build ${number} does not start with "pr-", and --untrusted builds do: --build pr-${build}`,
      ]
    : [`--build ${number} is a number of untrusted builds: pass --untrusted, or another number`];
}

function parsePagesRequest({ positionals, values }: Arguments): PagesRequest {
  const { problems, ...place } = readPlace(values);
  const [directory] = positionals;
  refuseArguments(
    [
      ...(directory === undefined
        ? []
        : [`${JSON.stringify(directory)} is a second directory, after --pages`]),
      ...(values['build'] === undefined ? [] : ['pages belong to no --build']),
      ...(values['untrusted'] === undefined ? [] : ['pages are never --untrusted']),
      ...problems,
    ],
    'For example: headgate publish --pages pages --bucket acme-web-builds --app shop',
  );
  return { directory: String(values['pages']), json: values['json'] === true, ...place };
}
