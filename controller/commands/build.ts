import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import * as names from '../core/policy/values.ts';
import { renderAdopted } from '../core/publish/adopted.ts';
import type { Context } from '../ports/context.ts';
import { adoptBuild } from './publish/adopt.ts';
import { checkRoot, findRoot } from './publish/find-root.ts';
import { showBuild } from './publish/show-build.ts';
import type { Arguments, Command } from './command.ts';
import { readPlace, refuseArguments, type PlaceRead } from './read-place.ts';

export const build: Command = {
  name: 'build',
  summary: 'List published builds, show one, adopt what other tools stored',
  help: `headgate build list --bucket <bucket> --app <app> [--region <region>] [--json]
headgate build show <build> --bucket <bucket> --app <app> ...
headgate build adopt <build>... --bucket <bucket> --app <app> ...

  list    the numbers of the published builds; those of untrusted refs are
          called pr-... . Whole origins are in the policy, not here.
  show    files, bytes, digest and publishing settings of one
  adopt   writes the manifest of builds that another tool stored below
          <root><build>/; copies and changes nothing. The app's policy must say
          the same \`root\`, and \`pool: { include: [] }\` as long as it serves
          them: their files are all below their own prefix.

  headgate build adopt 1041 1042 --root / --bucket acme-web-builds --app shop

  --bucket <bucket>  the S3 bucket that the policy of the app names
  --app <app>        the app, as in its policy
  --root <prefix>    where builds lie in the bucket, / for its top (default: as
                     the app's settings say, else <app>/builds/)
  --region <region>  of the bucket (default: AWS_REGION)
  --json             the result as JSON

Exit codes: 0 done, 2 the arguments are wrong or there is no such build, 3 a
build of that number was published meanwhile with other files.`,
  options: {
    bucket: { type: 'string' },
    app: { type: 'string' },
    root: { type: 'string' },
    region: { type: 'string' },
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
      verb === '' ? 'build needs a verb: list, show or adopt.' : `build can't ${verb}.`,
      'For example: headgate build list --bucket acme-web-builds --app shop',
    );
  }
  const { problems, ...where } = readPlace(values);
  refuseArguments(
    [
      ...checkCount(verb, builds),
      ...builds.flatMap(checkNumber),
      ...checkRoot(values['root']),
      ...problems,
    ],
    'headgate build --help',
  );
  const place = await findRoot({ ...where, root: values['root'] }, context);
  await run({ ...where, place, builds, json: values['json'] === true }, context);
  return EXIT.done;
}

interface Request extends Omit<PlaceRead, 'problems'> {
  readonly builds: readonly string[];
  readonly json: boolean;
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
};

function checkCount(verb: string, builds: readonly string[]): readonly string[] {
  if (verb === 'list') return builds.length === 0 ? [] : ['list takes no build'];
  if (builds.length === 0) return ['the build number is missing'];
  return verb === 'show' && builds.length > 1 ? ['show takes one build'] : [];
}

function checkNumber(number: string): readonly string[] {
  if (names.build.safeParse(number).success) return [];
  return [`${JSON.stringify(number)} is not ${String(names.build.meta()?.['expects'])}`];
}
