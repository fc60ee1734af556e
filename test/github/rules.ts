import { jobsOf, stepsOf, type GitHubFile, type Rule } from './github-file.ts';
import { INJECTION, PERMISSIONS, pullRequestsAreUntrusted, tokenOnlyToShow } from './trust.ts';

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

/** Only where a job exchanges the token for a role: anything else in that job could exchange it too. */
const tokenOnlyForAws: Rule = ({ content }) =>
  jobsOf(content)
    .filter(([, { permissions }]) => typeof permissions === 'object' && 'id-token' in permissions)
    .filter(
      ([, { steps = [] }]) =>
        !steps.some(({ uses = '' }) => /configure-aws|actions\/(publish|preview)/.test(uses)),
    )
    .map(([name]) => `job ${name} takes \`id-token\` and assumes no role`);

/** A cancelled apply is a crash: survivable, but nothing to do on purpose. */
const neverCancelled: Rule = ({ content }) =>
  jobsOf(content).flatMap(([name, job]) => {
    const concurrency = job.concurrency ?? content.concurrency;
    if (!concurrency) return [`job ${name}: say what runs at once: \`concurrency\``];
    const text = JSON.stringify(job);
    const writes = /(headgate|cli\.js\\") (reconcile|rollback)|actions\/(publish|preview)/.test(
      text,
    );
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

/** Break-glass: neither a run before it, nor another job, nor a reviewer stands in its way. */
const rollbackWaitsForNobody: Rule = ({ content }) =>
  jobsOf(content)
    .filter(([, job]) => /(headgate|cli\.js\\") rollback/.test(JSON.stringify(job)))
    .filter(([, { concurrency, environment, needs }]) => {
      const isAlone = String((concurrency ?? content.concurrency)?.group).includes(
        '${{ github.run_id }}',
      );
      return !isAlone || environment !== undefined || needs !== undefined;
    })
    .map(
      ([name]) =>
        `job ${name}: a rollback has a concurrency group of its own run, no \`environment\`, no \`needs\``,
    );

const timeouts: Rule = ({ content }) =>
  jobsOf(content)
    .filter(([, job]) => !job.uses && !(job['timeout-minutes'] && job['timeout-minutes'] <= 30))
    .map(
      ([name]) => `job ${name}: set timeout-minutes, 30 at most (GitHub's default is six hours)`,
    );

/** Logic in YAML has no types, no tests and no debugger. */
const oneCommand: Rule = ({ content }) =>
  stepsOf(content)
    .filter(({ run }) => run && /\n.|;|&&|\|\|/.test(run.trim()))
    .map(({ run }) => `one command a step, the rest belongs into a command of headgate: ${run}`);

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

export const ANY_FILE: Readonly<Record<string, Rule>> = {
  pinned,
  ...INJECTION,
  oneCommand,
  tokenOnlyToShow,
  noCredentialsLeft,
};

export const WORKFLOW: Readonly<Record<string, Rule>> = {
  ...ANY_FILE,
  ...PERMISSIONS,
  tokenOnlyForAws,
  neverCancelled,
  watchesAlone,
  rollbackWaitsForNobody,
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
