import { EXIT, type ExitCode } from '../core/errors.ts';
import * as names from '../core/policy/values.ts';
import { isUntrusted } from '../core/state/build.ts';
import { renderResult, renderSummary } from '../core/publish/report.ts';
import type { Context, Engine } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { writeChecksum } from './publish/attest.ts';
import { publishPages, type PagesRequest } from './publish/pages.ts';
import { publishBuild } from './publish/publish-build.ts';
import type { PublishRequest } from './publish/read-build.ts';
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
and only the rest moves. The same build again does nothing. Pooled files that
the build published last has too are neither sent nor asked for; while a
publish runs, its lease (<app>/leases/publish/) keeps \`headgate gc\` from them.

Content types come from a fixed table by extension. Browsers keep pooled files
for a year and ask for all others every time; \`headers\` of the policy says what
files of a pattern get instead. Source maps (*.map) are stored below
.headgate/private/ of the build, where no visitor gets them, unless the policy
says \`sourceMaps: public\`.

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
  --base <build>     the build whose pooled files need not be asked for
                     (default: the one that was published last)
  --region <region>  of the bucket (default: AWS_REGION, then what S3 answers)
  --engine <engine>  what sends the files: lean (the default), or sdk, which is
                     slower: for when only the AWS SDK gets through
  --checksum <file>  writes the SHA-256 of the manifest to this file, as
                     sha256sum does, for actions/attest (subject-checksums)
  --json             the result as JSON

Exit codes: 0 published (now or before), 2 the directory or the arguments are
wrong, 3 that number, or the name of a pooled file, has other bytes already,
4 it was stopped for too long, or a collection never ends: run it again.`,
  options: {
    bucket: { type: 'string' },
    app: { type: 'string' },
    build: { type: 'string' },
    pages: { type: 'string' },
    untrusted: { type: 'boolean' },
    region: { type: 'string' },
    engine: { type: 'string' },
    checksum: { type: 'string' },
    base: { type: 'string' },
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
  const result = await publishBuild(request, context);
  const { checksum } = args.values;
  if (typeof checksum === 'string') {
    await writeChecksum({ ...request, digest: result.digest, file: checksum }, context);
  }
  context.terminal.print(
    args.values['json'] ? JSON.stringify(result, null, 2) : renderResult(result),
  );
  await context.terminal.summary(renderSummary(result));
  return EXIT.done;
}

const ENGINES = ['lean', 'sdk'] as const satisfies readonly Engine[];

const EXAMPLE =
  'For example: headgate publish dist --bucket acme-web-builds --app shop --build 1043';

/** Says all that is wrong with the arguments at once. */
function parseRequest({ positionals, values }: Arguments): PublishRequest {
  const [directory = '', second] = positionals;
  const build = String(values['build'] ?? '');
  const base = values['base'] === undefined ? undefined : String(values['base']);
  const { problems, app, place } = readPlace(values);
  const engine = ENGINES.find((one) => one === (values['engine'] ?? 'lean'));
  refuseArguments(
    [
      ...(engine === undefined ? ['--engine is lean or sdk'] : []),
      ...(directory === '' ? ['the directory to publish is missing'] : []),
      ...(second === undefined ? [] : [`${JSON.stringify(second)} is a second directory`]),
      ...checkFlag('build', build, names.build),
      ...checkTrust(build, values['untrusted'] === true),
      ...(base === undefined ? [] : checkFlag('base', base, names.build)),
      ...(values['checksum'] === '' ? ['--checksum names no file'] : []),
      ...problems,
    ],
    EXAMPLE,
  );
  return { directory, build, base, app, place: { ...place, engine } };
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
      ...(values['checksum'] === undefined ? [] : ['pages have no manifest for --checksum']),
      ...(values['base'] === undefined ? [] : ['pages have no --base: all are sent']),
      ...(values['engine'] === undefined ? [] : ['pages are sent by no --engine: there is one']),
      ...problems,
    ],
    'For example: headgate publish --pages pages --bucket acme-web-builds --app shop',
  );
  return { directory: String(values['pages']), json: values['json'] === true, ...place };
}
