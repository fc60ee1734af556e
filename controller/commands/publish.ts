import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import * as names from '../core/policy/values.ts';
import { renderResult, renderSummary } from '../core/publish/report.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { readBuild, type PublishRequest } from './publish/read-build.ts';
import { storeBuild } from './publish/store-build.ts';

export const publish: Command = {
  name: 'publish',
  summary: 'Store a built directory as an immutable build',
  help: `headgate publish <dir> --bucket <bucket> --app <app> --build <number>
                 [--region <region>] [--json]

Uploads every file of <dir> below <app>/builds/<number>/ in the bucket, and
files whose names carry a content hash (by default /assets/*) once for all
builds below <app>/pool/. Nothing stored is ever changed. The manifest is
written last: until then the build does not exist. Interrupted: run it again
and only the rest moves. The same build again does nothing.

  headgate publish dist --bucket acme-web-builds --app shop --build 1043

  --bucket <bucket>  the S3 bucket that the policy of the app names
  --app <app>        the app, as in its policy
  --build <number>   1 to 64 letters, digits, ".", "_", "-"; never used before
  --region <region>  of the bucket (default: AWS_REGION)
  --json             the result as JSON

Exit codes: 0 published (now or before), 2 the directory or the arguments are
wrong, 3 that number, or the name of a pooled file, has other bytes already.`,
  options: {
    bucket: { type: 'string' },
    app: { type: 'string' },
    build: { type: 'string' },
    region: { type: 'string' },
    json: { type: 'boolean' },
  },
  allowPositionals: true,
  run: runPublish,
};

async function runPublish(args: Arguments, context: Context): Promise<ExitCode> {
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
  const read = (name: string): string => String(values[name] ?? '');
  const [directory = '', second] = positionals;
  const [bucket, app, build, region] = [read('bucket'), read('app'), read('build'), read('region')];
  const problems = [
    ...(directory === '' ? ['the directory to publish is missing'] : []),
    ...(second === undefined ? [] : [`${JSON.stringify(second)} is a second directory`]),
    ...checkFlag('bucket', bucket, names.bucket),
    ...checkFlag('app', app, names.appName),
    ...checkFlag('build', build, names.build),
    ...(region === '' ? [] : checkFlag('region', region, names.region)),
  ];
  if (problems.length > 0) throw new UsageError(`${problems.join('; ')}.`, EXAMPLE);
  return { directory, app, build, place: { bucket, region: region === '' ? undefined : region } };
}

/** A flag has the rules of the policy field of the same name. */
function checkFlag(name: string, value: string, rule: typeof names.build): readonly string[] {
  if (value === '') return [`--${name} is missing`];
  if (rule.safeParse(value).success) return [];
  return [`--${name} ${JSON.stringify(value)} is not ${String(rule.meta()?.['expects'])}`];
}
