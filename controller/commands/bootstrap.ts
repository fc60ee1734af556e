import { sizeOf, TEMPLATE_LIMIT } from '../core/deployment/staging.ts';
import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import { explainStacks, renderExplanation } from '../core/infrastructure/explain.ts';
import type { InfrastructureFacts } from '../core/infrastructure/facts.ts';
import { listRequirements, renderRequirements } from '../core/infrastructure/requirements.ts';
import { renderStacks, roleFactsOf } from '../core/infrastructure/stacks.ts';
import { withSetup } from '../core/infrastructure/facts.ts';
import type { Stack } from '../core/infrastructure/template.ts';
import { explainRoles } from '../core/iam/roles/explain.ts';
import { renderRoles } from '../core/iam/roles/render.ts';
import { renderIssues } from '../core/report/issues.ts';
import type { Context } from '../ports/context.ts';
import { deployStacks } from './bootstrap/deploy.ts';
import { destroyStacks } from './bootstrap/destroy.ts';
import { readLive } from './bootstrap/read-live.ts';
import type { Arguments, Command } from './command.ts';
import { loadPolicies, POLICIES_DIRECTORY, type LoadedPolicies } from './load-policies.ts';

/** What it does; one at a time. None: it explains. */
const VERBS = ['template', 'outputs-only', 'roles', 'deploy', 'destroy'] as const;
type Verb = (typeof VERBS)[number];

export const bootstrap: Command = {
  name: 'bootstrap',
  summary: 'Make what the policies need in an AWS account, or remove it',
  help: `headgate bootstrap [--policies <dir>] [--json]
headgate bootstrap --template [--out <dir>] [--offline]
headgate bootstrap --outputs-only | --roles [--json]
headgate bootstrap --deploy [--allow-replace] [--json]
headgate bootstrap --destroy [--confirm <stack>] [--json]

Says what the policies and \`setup\` in edge.yaml need: buckets, distributions,
KeyValueStores, alarms, roles, the fast lane; each with its reason and what it
costs while nobody comes. Asks nobody and changes nothing.

  --template         prints the CloudFormation template. Where distributions
                     are there already it reads the functions that run on
                     them, as an update would take them off
  --out <dir>        one file per region, into that directory
  --offline          for an empty account: reads nothing
  --outputs-only     for Terraform, CDK and others that make the resources
                     themselves: every setting these must have
  --roles            every role: who may assume it, and what it may do
  --deploy           makes it, shows each change first, and writes the ids of
                     new distributions into the policies
  --allow-replace    also what replaces or removes a distribution, a bucket, a
                     KeyValueStore, a table or GitHub's identity provider
  --destroy          tells what would go, what stays and what must wait
  --confirm <stack>  does it. Buckets, tables, parameters and logs stay
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             for machines

Exit codes: 0 done, 2 the arguments or the policies are wrong, 3 refused as
unsafe, 4 another deployment is under way, the account moved, or CloudFront
has replicas of a removed function still (run again).`,
  options: {
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    template: { type: 'boolean', default: false },
    out: { type: 'string' },
    offline: { type: 'boolean', default: false },
    'outputs-only': { type: 'boolean', default: false },
    roles: { type: 'boolean', default: false },
    deploy: { type: 'boolean', default: false },
    'allow-replace': { type: 'boolean', default: false },
    destroy: { type: 'boolean', default: false },
    confirm: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  run: runBootstrap,
};

/** Options that go with one verb only. */
const BELONGS: Readonly<Record<string, Verb>> = {
  out: 'template',
  offline: 'template',
  'allow-replace': 'deploy',
  confirm: 'destroy',
};

async function runBootstrap({ values }: Arguments, context: Context): Promise<ExitCode> {
  const verb = readVerb(values);
  const directory = String(values['policies'] ?? POLICIES_DIRECTORY);
  const loaded = await loadPolicies(context.files, directory, { isDeployed: false });
  const json = values['json'] === true;
  refuseIssues(loaded, context);
  if (verb === 'destroy') {
    const confirm = values['confirm'] === undefined ? undefined : String(values['confirm']);
    return destroyStacks({ policies: loaded.policies, confirm, json }, context);
  }
  if (verb === 'deploy') {
    const allowReplace = values['allow-replace'] === true;
    return deployStacks({ policies: loaded.policies, allowReplace, json }, context);
  }
  if (verb === 'template') return writeTemplates(loaded, { values, context });
  context.terminal.print(describe(verb, { policies: loaded.policies, live: {} }, json));
  return EXIT.done;
}

function readVerb(values: Arguments['values']): Verb | undefined {
  const given = VERBS.filter((verb) => values[verb] === true);
  const [verb, second] = given;
  if (second !== undefined) {
    throw new UsageError(`--${verb} and --${second} exclude each other.`, 'Use one of them.');
  }
  const [stray] = Object.keys(BELONGS).filter(
    (name) => values[name] !== undefined && values[name] !== false && BELONGS[name] !== verb,
  );
  if (stray !== undefined) {
    throw new UsageError(`--${stray} goes with --${BELONGS[stray]}.`, 'headgate bootstrap --help');
  }
  return verb;
}

/** Half of the policies would be half of an account. */
function refuseIssues({ issues }: LoadedPolicies, { terminal }: Context): void {
  if (issues.length === 0) return;
  terminal.print(renderIssues(issues));
  throw new UsageError('The policies have issues, so nothing is made of them.', 'Mend them first.');
}

function describe(verb: Verb | undefined, facts: InfrastructureFacts, json: boolean): string {
  if (verb === 'roles') {
    const roleFacts = roleFactsOf(withSetup(facts));
    return json ? toJson(renderRoles(roleFacts)) : explainRoles(roleFacts);
  }
  if (verb === 'outputs-only') {
    return json ? toJson(listRequirements(facts)) : renderRequirements(facts);
  }
  const explanation = explainStacks(facts);
  return json ? toJson(explanation) : renderExplanation(explanation);
}

function toJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

interface Output {
  readonly values: Arguments['values'];
  readonly context: Context;
}

async function writeTemplates(
  { policies }: LoadedPolicies,
  { values, context }: Output,
): Promise<ExitCode> {
  const environments = policies.apps.flatMap((app) => app.environments);
  const isNew = environments.every(({ edge }) => edge.distribution === '');
  const account =
    isNew || values['offline'] === true ? { live: {} } : await readLive(policies, context);
  const stacks = renderStacks({ policies, ...account });
  const out = values['out'];
  if (out === undefined) printOnly(stacks, context);
  else await Promise.all(stacks.map((stack) => writeStack(String(out), stack, context)));
  for (const stack of stacks) noteSize(stack, context);
  return EXIT.done;
}

function printOnly(stacks: readonly Stack[], { terminal }: Context): void {
  const [stack, second] = stacks;
  if (stack === undefined || second !== undefined) {
    const regions = stacks.map(({ region }) => region).join(', ');
    throw new UsageError(`There are several stacks: ${regions}.`, 'Add --out <dir>.');
  }
  terminal.print(toJson(stack.template));
}

async function writeStack(
  directory: string,
  { name, region, template }: Stack,
  { files, terminal }: Context,
): Promise<void> {
  const path = `${directory.replace(/\/+$/, '')}/${name}-${region}.json`;
  await files.writeText(path, `${toJson(template)}\n`);
  terminal.note(`wrote ${path}`);
}

function noteSize({ region, template }: Stack, { terminal }: Context): void {
  const bytes = sizeOf(template);
  if (bytes <= TEMPLATE_LIMIT) return;
  terminal.note(
    `the template of ${region} has ${bytes} bytes without spaces; over ${TEMPLATE_LIMIT} CloudFormation takes it from S3 only`,
  );
}
