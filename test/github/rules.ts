import { parse } from 'yaml';

/** Our own rules for workflows and actions, beyond what GitHub's parser checks. Each returns its complaints. */
export type Rule = (file: GitHubFile) => string[];

export interface GitHubFile {
  readonly name: string;
  readonly text: string;
  readonly content: Workflow;
}

interface Workflow {
  readonly on?: unknown;
  readonly permissions?: Readonly<Record<string, string>> | string;
  readonly concurrency?: Concurrency;
  readonly jobs?: Readonly<Record<string, Job>>;
  /** Of a composite action. */
  readonly runs?: { readonly steps: readonly Step[] };
}

interface Concurrency {
  readonly group?: unknown;
  readonly 'cancel-in-progress'?: unknown;
  readonly queue?: unknown;
}

interface Job {
  readonly concurrency?: Concurrency;
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>> | string;
  readonly 'timeout-minutes'?: number;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export function readGitHubFile(name: string, text: string): GitHubFile {
  return { name, text, content: parse(text) as Workflow };
}

/**
 * A tag can be moved to other code after review; a commit cannot. The comment is for people and update
 * bots. `./` is this repository only where no other repository calls the workflow; `$/` always is.
 */
const pinned: Rule = ({ text }) =>
  [...text.matchAll(/^[ -]*uses: (\S+)(.*)$/gm)]
    .filter(([, action = '', rest = '']) => {
      const own = (text.includes('workflow_call:') ? /^\$\// : /^[.$]\//).test(action);
      return !own && !(/@[0-9a-f]{40}$/.test(action) && /^ # v\d+\.\d+\.\d+$/.test(rest));
    })
    .map(([line]) => `pin to a full commit SHA with its version in a comment: ${line}`);

/** What any job here may ask for. */
const GRANTABLE: Readonly<Record<string, string>> = { contents: 'read', 'id-token': 'write' };

const leastPermissions: Rule = ({ content }) => [
  ...(JSON.stringify(content.permissions) === '{}' ? [] : ['start from `permissions: {}`']),
  ...jobsOf(content).flatMap(([name, job]) =>
    typeof job.permissions === 'string'
      ? [`job ${name}: name each permission`]
      : Object.entries(job.permissions ?? {})
          .filter(([scope, access]) => GRANTABLE[scope] !== access)
          .map(
            ([scope, access]) => `job ${name}: \`${scope}: ${access}\` is more than any job needs`,
          ),
  ),
];

/** Only where a job exchanges the token for a role: anything else in that job could exchange it too. */
const tokenOnlyForAws: Rule = ({ content }) =>
  jobsOf(content)
    .filter(([, { permissions }]) => typeof permissions === 'object' && 'id-token' in permissions)
    .filter(
      ([, { steps = [] }]) =>
        !steps.some(({ uses = '' }) => /configure-aws|actions\/publish/.test(uses)),
    )
    .map(([name]) => `job ${name} takes \`id-token\` and assumes no role`);

/** A cancelled apply is a crash: survivable, but nothing to do on purpose. */
const neverCancelled: Rule = ({ content }) =>
  jobsOf(content).flatMap(([name, job]) => {
    const concurrency = job.concurrency ?? content.concurrency;
    if (!concurrency) return [`job ${name}: say what runs at once: \`concurrency\``];
    const text = JSON.stringify(job);
    const writes = /(headgate|cli\.js\\") (reconcile|rollback)|actions\/publish/.test(text);
    const waits = concurrency['cancel-in-progress'] === false;
    // Of watches the last one is enough.
    const queues = waits && (concurrency.queue === 'max' || text.includes(' --watch'));
    return writes && !queues
      ? [`job ${name}: an apply queues: \`cancel-in-progress: false\`, \`queue: max\``]
      : [];
  });

/** It runs for long: whatever shares its group waits for it, and an alarm must not. */
const watchesAlone: Rule = ({ content }) =>
  jobsOf(content)
    .filter(([, job]) => JSON.stringify(job).includes(' --watch'))
    .filter(([name, { concurrency }]) => {
      const others = jobsOf(content).filter(([other]) => other !== name);
      const groups = others.map(([, job]) => (job.concurrency ?? content.concurrency)?.group);
      return concurrency?.group === undefined || groups.includes(concurrency.group);
    })
    .map(([name]) => `job ${name}: a watch has a concurrency group of its own`);

const timeouts: Rule = ({ content }) =>
  jobsOf(content)
    .filter(([, job]) => !job.uses && !(job['timeout-minutes'] && job['timeout-minutes'] <= 30))
    .map(
      ([name]) => `job ${name}: set timeout-minutes, 30 at most (GitHub's default is six hours)`,
    );

/** An expression is pasted into the script before the shell reads it: a branch name could be a command. */
const noExpressionsInRun: Rule = ({ content }) =>
  stepsOf(content)
    .filter(({ run }) => run?.includes('${{'))
    .map(({ run }) => `pass it through env: ${run}`);

/** Logic in YAML has no types, no tests and no debugger. */
const oneCommand: Rule = ({ content }) =>
  stepsOf(content)
    .filter(({ run }) => run && /\n.|;|&&|\|\|/.test(run.trim()))
    .map(({ run }) => `one command a step, the rest belongs into a command of headgate: ${run}`);

const noSecrets: Rule = ({ text }) =>
  /\bsecrets\s*[.[:]/.test(text) ? ['no secrets: AWS trusts the OIDC token'] : [];

const noCredentialsLeft: Rule = ({ content }) =>
  stepsOf(content)
    .filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    .filter((step) => step.with?.['persist-credentials'] !== false)
    .map(() => 'checkout keeps no token on disk: `persist-credentials: false`');

/** It runs with the base repository's rights, at a time chosen by a fork. */
const noPullRequestTarget: Rule = ({ text }) =>
  /\b(pull_request_target|workflow_run)\b/.test(text)
    ? ['no pull_request_target, no workflow_run']
    : [];

const OF_THIS_REPOSITORY = 'github.event.pull_request.head.repo.full_name == github.repository';

const OF_A_PULL_REQUEST = "github.event_name == 'pull_request'";

/** What a pull request changed runs there: nothing of a fork near AWS, and of others only where it may. */
const pullRequestsAreUntrusted: Rule = ({ content, text }) =>
  /^ {2}pull_request:/m.test(text) || /^on: pull_request$/m.test(text)
    ? jobsOf(content)
        .filter(
          ([, { permissions }]) => typeof permissions === 'object' && 'id-token' in permissions,
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

export const ANY_FILE: Readonly<Record<string, Rule>> = {
  pinned,
  noExpressionsInRun,
  oneCommand,
  noSecrets,
  noCredentialsLeft,
};

export const WORKFLOW: Readonly<Record<string, Rule>> = {
  ...ANY_FILE,
  leastPermissions,
  tokenOnlyForAws,
  neverCancelled,
  watchesAlone,
  timeouts,
  noPullRequestTarget,
  pullRequestsAreUntrusted,
};

/** `headgate <verb> --flag...` of every step, however it is started. */
export function listHeadgateCalls({ content }: GitHubFile): { verb: string; flags: string[] }[] {
  return stepsOf(content).flatMap(({ run = '' }) => {
    const call = /(?:headgate|cli\.js")\s+([a-z]+)(.*)/s.exec(run);
    return call ? [{ verb: call[1] ?? '', flags: (call[2] ?? '').match(/--[a-z-]+/g) ?? [] }] : [];
  });
}

function jobsOf({ jobs = {} }: Workflow): [string, Job][] {
  return Object.entries(jobs);
}

function stepsOf(content: Workflow): readonly Step[] {
  return [
    ...jobsOf(content).flatMap(([, { steps = [] }]) => steps),
    ...(content.runs?.steps ?? []),
  ];
}
