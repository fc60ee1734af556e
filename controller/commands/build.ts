import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { GitHubRun } from '../core/github/run.ts';
import * as names from '../core/policy/values.ts';
import { renderAdopted } from '../core/publish/adopted.ts';
import type { Context } from '../ports/context.ts';
import { adoptBuild } from './publish/adopt.ts';
import { checkRoot, findRoot } from './publish/find-root.ts';
import { removePullRequest } from './publish/remove.ts';
import { showBuild } from './publish/show-build.ts';
import type { Arguments, Command } from './command.ts';
import { readGitHubRun } from './require-github.ts';
import { readPlace, refuseArguments, type PlaceRead } from './read-place.ts';

export const build: Command = {
  name: 'build',
  summary: 'Published builds: list, show, adopt; remove those of pull requests',
  help: `headgate build list --bucket <bucket> --app <app> [--region <region>] [--json]
headgate build show <build> --bucket <bucket> --app <app> ...
headgate build adopt <build>... --bucket <bucket> --app <app> ...
headgate build remove pr-<number> --bucket <bucket> --app <app> [--github] ...

  list    the numbers of the published builds; those of untrusted refs are
          called pr-... . Whole origins are in the policy, not here.
  show    files, bytes, digest and publishing settings of one
  adopt   writes the manifest of builds that another tool stored below
          <root><build>/; copies and changes nothing. The app's policy must say
          the same \`root\`, and \`pool: { include: [] }\` as long as it serves
          them: their files are all below their own prefix.
  remove  all builds of one pull request (pr-12 and pr-12-...), each manifest
          first; never any other. Files that they share in <app>/untrusted/pool/
          stay. Run again, it removes what is left.

  headgate build adopt 1041 1042 --root / --bucket acme-web-builds --app shop
  headgate build remove pr-12 --bucket acme-web-builds --app shop

  --bucket <bucket>  the S3 bucket that the policy of the app names
  --app <app>        the app, as in its policy
  --root <prefix>    where builds lie in the bucket, / for its top (default: as
                     the app's settings say, else <app>/builds/)
  --region <region>  of the bucket (default: AWS_REGION, then what S3 answers)
  --github           remove: says in the pull request's comment of \`preview\`
                     that the links are gone; in a run of GitHub Actions
  --json             the result as JSON

Exit codes: 0 done, 2 the arguments are wrong or there is no such build, 3 a
build of that number was published meanwhile with other files.`,
  options: {
    bucket: { type: 'string' },
    app: { type: 'string' },
    root: { type: 'string' },
    region: { type: 'string' },
    github: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  allowPositionals: true,
  run: runBuild,
};

async function runBuild({ positionals, values }: Arguments, context: Context): Promise<ExitCode> {
  const [verb = '', ...builds] = positionals;
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined) {
    throw new UsageError(
      verb === '' ? 'build needs a verb: list, show, adopt or remove.' : `build can't ${verb}.`,
      'For example: headgate build list --bucket acme-web-builds --app shop',
    );
  }
  const { problems, ...where } = readPlace(values);
  refuseArguments(
    [
      ...checkCount(verb, builds),
      ...(verb === 'remove' ? [] : builds.flatMap(checkNumber)),
      ...(values['github'] === true && verb !== 'remove'
        ? [`${verb} shows nothing on GitHub`]
        : []),
      ...checkRoot(values['root']),
      ...problems,
    ],
    'headgate build --help',
  );
  // Builds of pull requests have a place of their own, wherever others lie.
  const place =
    verb === 'remove' ? where.place : await findRoot({ ...where, root: values['root'] }, context);
  const shown = await readGitHubRun(context, values);
  await run({ ...where, place, builds, json: values['json'] === true, run: shown }, context);
  return EXIT.done;
}

interface Request extends Omit<PlaceRead, 'problems'> {
  readonly builds: readonly string[];
  readonly json: boolean;
  readonly run: GitHubRun | undefined;
}

const VERBS: Readonly<Record<string, (request: Request, context: Context) => Promise<void>>> = {
  async list({ app, place, json }, context) {
    const builds = await context.builds(place).list(app);
    if (builds.length === 0) context.terminal.note(`No build of ${app} is published there.`);
    context.terminal.print(json ? JSON.stringify(builds) : builds.join('\n'));
  },

  async show({ app, place, builds: [number = ''], json }, context) {
    context.terminal.print(await showBuild({ app, place, build: number, json }, context));
  },

  async adopt({ app, place, builds, json }, context) {
    for (const number of builds) {
      const adopted = await adoptBuild({ app, place, build: number }, context);
      context.terminal.print(json ? JSON.stringify(adopted) : renderAdopted(adopted));
    }
  },

  async remove({ builds: [name = ''], ...request }, context) {
    await removePullRequest({ ...request, name }, context);
  },
};

function checkCount(verb: string, builds: readonly string[]): readonly string[] {
  if (verb === 'remove') {
    return builds.length === 1 ? [] : ['remove takes one pull request, such as pr-12'];
  }
  if (verb === 'list') return builds.length === 0 ? [] : ['list takes no build'];
  if (builds.length === 0) return ['the build number is missing'];
  return verb === 'show' && builds.length > 1 ? ['show takes one build'] : [];
}

function checkNumber(number: string): readonly string[] {
  if (names.build.safeParse(number).success) return [];
  return [`${JSON.stringify(number)} is not ${String(names.build.meta()?.['expects'])}`];
}
