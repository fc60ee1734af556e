import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { GitHubRun } from '../core/github/run.ts';
import * as names from '../core/policy/values.ts';
import { renderAdopted } from '../core/publish/adopted.ts';
import { renderDiff } from '../core/publish/diff-text.ts';
import { renderVerified } from '../core/publish/verify.ts';
import type { Context } from '../ports/context.ts';
import { findReasons } from './gc/why-kept.ts';
import { adoptBuild } from './publish/adopt.ts';
import { attestBuild, renderAttested } from './publish/attest.ts';
import { diffBuilds } from './publish/diff.ts';
import { checkRoot, findRoot } from './publish/find-root.ts';
import { listBuilds } from './publish/list-builds.ts';
import { removePullRequest } from './publish/remove.ts';
import { showBuild } from './publish/show-build.ts';
import { verifyBuild } from './publish/verify.ts';
import type { Arguments, Command } from './command.ts';
import { readGitHubRun } from './require-github.ts';
import { readPlace, refuseArguments, type PlaceRead } from './read-place.ts';

export const build: Command = {
  name: 'build',
  summary: 'Published builds: list, show, verify, diff, attest, adopt, remove',
  help: `headgate build list [--long] [--why] --bucket <bucket> --app <app> ...
headgate build show <build> --bucket <bucket> --app <app> ...
headgate build verify <build> --bucket <bucket> --app <app> [--read] ...
headgate build diff <build> <build> --bucket <bucket> --app <app> ...
headgate build attest <build> --bundle <file> --bucket <bucket> --app <app> ...
headgate build adopt <build>... --bucket <bucket> --app <app> ...
headgate build remove pr-<number> --bucket <bucket> --app <app> [--github] ...

  list    the numbers of the published builds; those of untrusted refs are
          called pr-... . Whole origins are in the policy, not here. With
          --long when each was published, from what, and how large it is, for
          which it reads all their manifests; with --why what each is kept as
          (stable of shop/prod, one of the newest 20, ...), or that nothing
          needs it, as headgate gc by its defaults would have it
  show    files, bytes, digest and publishing settings of one, and what it was
          made from
  verify  compares every file of one with the bucket: is it there, with its
          size, SHA-256 (else ETag), content type and cache header; and is
          anything else below its prefix
  diff    what the second has and the first hasn't, and the other way round;
          warns when many files differ only by a version stamp or by hashes in
          names, for which it downloads up to 60 changed files of both
  attest  stores what actions/attest signed beside the manifest, for
          \`require: provenance\` in a policy. It must be about this manifest
          (publish --checksum); who signed it is verified where the build is
          released. What is stored first stays.
  adopt   writes the manifest of builds that another tool stored below
          <root><build>/; copies and changes nothing. The app's policy must say
          the same \`root\`, and \`pool: { include: [] }\` as long as it serves
          them: their files are all below their own prefix.
  remove  all builds of one pull request (pr-12 and pr-12-...), each manifest
          first; never any other. Files that they share in <app>/untrusted/pool/
          stay. Run again, it removes what is left.

  headgate build adopt 1041 1042 --root / --bucket acme-web-builds --app shop
  headgate build diff 1042 1043 --bucket acme-web-builds --app shop
  headgate build remove pr-12 --bucket acme-web-builds --app shop

  --bucket <bucket>  the S3 bucket that the policy of the app names
  --app <app>        the app, as in its policy
  --root <prefix>    where builds lie in the bucket, / for its top (default: as
                     the app's settings say, else <app>/builds/)
  --region <region>  of the bucket (default: AWS_REGION, then what S3 answers)
  --bundle <file>    attest: \`bundle-path\` of actions/attest
  --long             list: a line with columns for each build
  --why              list: what keeps each build; reads what headgate gc reads
  --policies <dir>   list --why: the policy files (default: policies, if it is
                     there; without them less is known, and that is said)
  --read             verify: downloads every file and hashes it, where you
                     don't want to believe the checksums that S3 keeps
  --github           remove: says in the pull request's comment of \`preview\`
                     that the links are gone; in a run of GitHub Actions
  --json             the result as JSON

Exit codes: 0 done, 2 the arguments are wrong or there is no such build, 3 the
bucket has not what the manifest says, (adopt) a build of that number was
published meanwhile with other files, or (attest) the bundle is about another.`,
  options: {
    bucket: { type: 'string' },
    app: { type: 'string' },
    root: { type: 'string' },
    bundle: { type: 'string' },
    region: { type: 'string' },
    read: { type: 'boolean' },
    long: { type: 'boolean' },
    why: { type: 'boolean' },
    policies: { type: 'string' },
    github: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  allowPositionals: true,
  run: runBuild,
};

const KNOWN = 'list, show, verify, diff, attest, adopt and remove';

const EXAMPLES: Readonly<Record<string, string>> = {
  show: 'show 1042',
  verify: 'verify 1042',
  diff: 'diff 1042 1043',
  attest: 'attest 1042 --bundle attestation.json',
  adopt: 'adopt 1041 1042 --root /',
  remove: 'remove pr-12',
};

async function runBuild({ positionals, values }: Arguments, context: Context): Promise<ExitCode> {
  const [verb = '', ...builds] = positionals;
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined) {
    throw new UsageError(
      verb === ''
        ? `build needs a verb: ${KNOWN}.`
        : `build has no verb "${verb}"; it has ${KNOWN}.`,
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
      ...checkBundle(verb, values['bundle']),
      ...(values['read'] === true && verb !== 'verify' ? [`${verb} takes no --read`] : []),
      ...checkListed(verb, values),
      ...checkRoot(values['root']),
      ...problems,
    ],
    `For example: headgate build ${EXAMPLES[verb] ?? verb} --bucket acme-web-builds --app shop`,
  );
  // Builds of pull requests have a place of their own, wherever others lie.
  const place =
    verb === 'remove' ? where.place : await findRoot({ ...where, root: values['root'] }, context);
  const shown = await readGitHubRun(context, values);
  const bundle = String(values['bundle'] ?? '');
  const request = { ...where, ...readFlags(values), place, builds, bundle, run: shown };
  return (await run(request, context)) ?? EXIT.done;
}

interface Flags {
  readonly json: boolean;
  readonly read: boolean;
  readonly long: boolean;
  readonly why: boolean;
  readonly policies: string | undefined;
}

function readFlags(values: Arguments['values']): Flags {
  const { policies } = values;
  return {
    json: values['json'] === true,
    read: values['read'] === true,
    long: values['long'] === true,
    why: values['why'] === true,
    policies: policies === undefined ? undefined : String(policies),
  };
}

interface Request extends Omit<PlaceRead, 'problems'>, Flags {
  readonly builds: readonly string[];
  readonly run: GitHubRun | undefined;
  /** For attest: what to store. */
  readonly bundle: string;
}

/** The exit code, where it isn't that of what was asked for and done. */
type Run = (request: Request, context: Context) => Promise<ExitCode | void>;

const VERBS: Readonly<Record<string, Run>> = {
  async list(request, context) {
    const reasons = request.why ? await findReasons(request, context) : undefined;
    context.terminal.print(await listBuilds({ ...request, reasons }, context));
  },

  async show({ app, place, builds: [number = ''], json }, context) {
    context.terminal.print(await showBuild({ app, place, build: number, json }, context));
  },

  async verify({ app, place, builds: [number = ''], json, read }, context) {
    const verified = await verifyBuild({ app, place, build: number, read }, context);
    context.terminal.print(json ? JSON.stringify(verified, null, 2) : renderVerified(verified));
    if (verified.isWhole) return EXIT.done;
    context.terminal.note(DIFFERS);
    return EXIT.unsafe;
  },

  async diff({ app, place, builds: [before = '', after = ''], json }, context) {
    const report = await diffBuilds({ app, place, before, after }, context);
    context.terminal.print(json ? JSON.stringify(report, null, 2) : renderDiff(report));
  },

  async attest({ app, place, builds: [number = ''], json, bundle }, context) {
    const attested = await attestBuild({ app, place, build: number, file: bundle }, context);
    context.terminal.print(json ? JSON.stringify(attested) : renderAttested(attested));
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

const DIFFERS =
  'next: Stop what writes or deletes there. Restore those objects from earlier versions where the bucket keeps them, or publish the build again under a new number and release that.';

function checkListed(verb: string, values: Arguments['values']): readonly string[] {
  const others = ['long', 'why', 'policies'].filter((name) => values[name] !== undefined);
  if (verb !== 'list') return others.map((name) => `${verb} takes no --${name}`);
  const isLost = values['policies'] !== undefined && values['why'] !== true;
  return isLost ? ['--policies goes with --why'] : [];
}

function checkBundle(verb: string, bundle: unknown): readonly string[] {
  if (verb !== 'attest') return bundle === undefined ? [] : [`${verb} takes no --bundle`];
  return bundle === undefined ? ['--bundle is missing: what actions/attest wrote'] : [];
}

function checkCount(verb: string, builds: readonly string[]): readonly string[] {
  if (verb === 'remove') {
    return builds.length === 1 ? [] : ['remove takes one pull request, such as pr-12'];
  }
  if (verb === 'list') return builds.length === 0 ? [] : ['list takes no build'];
  if (builds.length === 0) return ['the build number is missing'];
  if (verb === 'diff') return builds.length === 2 ? [] : ['diff takes two builds'];
  return verb !== 'adopt' && builds.length > 1 ? [`${verb} takes one build`] : [];
}

function checkNumber(number: string): readonly string[] {
  if (names.build.safeParse(number).success) return [];
  return [`${JSON.stringify(number)} is not ${String(names.build.meta()?.['expects'])}`];
}
