import { jobsOf, stepsOf, type Job, type Rule } from './github-file.ts';

/** The rules on who may do what with whose text: permissions, tokens, pull requests, scripts. */

const AWS: Readonly<Record<string, string>> = { contents: 'read', 'id-token': 'write' };

/** Branch and pull request of a revert, deployments, and the checks of the revert, dispatched. */
const SHOWS = {
  contents: 'write',
  'pull-requests': 'write',
  deployments: 'write',
  actions: 'write',
};

/** What a job of a workflow may ask for; of any other workflow `AWS`. */
const GRANTABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'workflows/gc.yml': { ...AWS, 'pull-requests': 'read' },
  'workflows/plan.yml': { ...AWS, 'pull-requests': 'write', checks: 'write' },
  'workflows/preview.yml': { ...AWS, 'pull-requests': 'write' },
  'workflows/publish.yml': { ...AWS, attestations: 'write' },
  'workflows/reconcile.yml': { ...AWS, ...SHOWS },
  'workflows/rollback.yml': { ...AWS, ...SHOWS },
};

const leastPermissions: Rule = ({ name: file, content }) => [
  ...(JSON.stringify(content.permissions) === '{}' ? [] : ['start from `permissions: {}`']),
  ...jobsOf(content).flatMap(([name, job]) =>
    typeof job.permissions === 'string'
      ? [`job ${name}: name each permission`]
      : Object.entries(job.permissions ?? {})
          .filter(([scope, access]) => {
            const most = (GRANTABLE[file] ?? AWS)[scope];
            return most !== access && !(most === 'write' && access === 'read');
          })
          .map(([scope, access]) => `job ${name}: \`${scope}: ${access}\` is more than it needs`),
  ),
];

/** A token that may write belongs into the one job whose command shows something with it, or attests a build. */
const writesWhereItShows: Rule = ({ content }) =>
  jobsOf(content)
    .filter(([, job]) => writesOf(job).length > 0)
    .filter(
      ([, job]) =>
        !(job.steps ?? []).some(
          ({ run = '', uses = '', with: inputs = {} }) =>
            /--github\b|actions\/preview/.test(run + uses) ||
            (uses.includes('actions/publish') && 'attest' in inputs && isOnly(job, 'attestations')),
        ),
    )
    .map(([name, job]) => `job ${name} shows nothing with \`${writesOf(job).join(', ')}: write\``);

function isOnly(job: Job, scope: string): boolean {
  return writesOf(job).every((one) => one === scope);
}

function writesOf({ permissions }: Job): readonly string[] {
  if (typeof permissions !== 'object') return [];
  return Object.keys(permissions).filter(
    (scope) => scope !== 'id-token' && permissions[scope] === 'write',
  );
}

export const PERMISSIONS = { leastPermissions, writesWhereItShows };

/** The key of the App, and no other: AWS trusts the OIDC token. */
const OTHER_SECRET = /\bsecrets\b(?!\.HEADGATE_GITHUB_APP_KEY\b)/;

/** In the environment of the one step that talks to GitHub: every other one runs others' code. */
export const tokenOnlyToShow: Rule = ({ content, text }) => {
  const shows = stepsOf(content).filter(({ run = '' }) => /--github\b/.test(run));
  const tokens = /secrets\b|github\.token|GITHUB_TOKEN/g;
  const allowed = shows.flatMap(({ env }) => JSON.stringify(env ?? {}).match(tokens) ?? []);
  const all = JSON.stringify(content).match(tokens) ?? [];
  return [
    ...(OTHER_SECRET.test(text) ? ['no secrets: AWS trusts the OIDC token'] : []),
    ...(all.length > allowed.length ? ['a token only in `env` of the step with --github'] : []),
    ...shows
      .filter(({ env }) => env?.['GITHUB_TOKEN'] !== '${{ github.token }}')
      .map(({ run }) => `GITHUB_TOKEN: \${{ github.token }} in \`env\` of: ${run}`),
  ];
};

/** An expression is pasted into the script before the shell reads it: a branch name could be a command. */
const noExpressionsInRun: Rule = ({ content }) =>
  stepsOf(content)
    .map(({ run, with: inputs }) => run ?? inputs?.['script'])
    .filter((script) => String(script).includes('${{'))
    .map((script) => `pass it through env: ${String(script)}`);

/** Without quotes a value is split into words, and one of them may be an option. */
const quotedInRun: Rule = ({ content }) =>
  stepsOf(content)
    .filter(({ run = '' }) => {
      const bare = run.replaceAll(/"[^"]*"/g, '').replaceAll(/\$\{\w+:\+[\w-]+(=\w*)?\}/g, '');
      return bare.includes('$');
    })
    .map(({ run }) => `put variables into double quotes: ${run}`);

export const INJECTION = { noExpressionsInRun, quotedInRun };

const OF_THIS_REPOSITORY = 'github.event.pull_request.head.repo.full_name == github.repository';

const OF_A_PULL_REQUEST = "github.event_name == 'pull_request'";

/** What a pull request changed runs there: nothing of a fork near AWS, and of others only where it may. */
export const pullRequestsAreUntrusted: Rule = ({ content, text }) =>
  /^ {2}pull_request:/m.test(text) || /^on: pull_request$/m.test(text)
    ? jobsOf(content)
        .filter(
          ([, job]) =>
            typeof job.permissions === 'object' &&
            ('id-token' in job.permissions || writesOf(job).length > 0),
        )
        .flatMap(([name, job]) => [
          ...(job.if?.includes(OF_THIS_REPOSITORY) === true
            ? []
            : [`job ${name}: forks get no credentials: if: ${OF_THIS_REPOSITORY}`]),
          // A caller chooses the event: the token of pull_request_target says that it is the base branch.
          ...(text.includes('workflow_call:') && job.if?.includes(OF_A_PULL_REQUEST) !== true
            ? [`job ${name}: whoever calls it, on a pull request only: if: ${OF_A_PULL_REQUEST}`]
            : []),
          ...(job.steps ?? [])
            .filter(({ uses }) => uses?.includes('actions/publish'))
            .filter((step) => step.with?.['untrusted'] !== 'true')
            .map(
              () => `job ${name}: a build of a pull request is published with untrusted: 'true'`,
            ),
        ])
    : [];
