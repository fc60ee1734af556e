import type { InfrastructureFacts } from '../infrastructure/facts.ts';
import { listLeftOver } from '../infrastructure/left-over.ts';
import type { Template } from '../infrastructure/template.ts';
import { needsKeys } from '../policy/needs-keys.ts';
import type { AppPolicy, Policies } from '../policy/policy.ts';
import { setupOf } from '../policy/setup.ts';
import type { StackChange } from './change.ts';

export interface DeployedStack {
  readonly name: string;
  readonly region: string;
  readonly changes: readonly StackChange[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** What became of a distribution's id in its policy file. */
export interface NamedDistribution {
  readonly kind: 'same' | 'written' | 'unclear';
  /** `shop/prod`. */
  readonly subject: string;
  readonly file: string;
  readonly id: string;
  /** Why a person has to write it. */
  readonly why?: string;
}

/** All that a deployment did. */
export interface Deployed {
  readonly facts: InfrastructureFacts;
  /** The home stack first. */
  readonly stacks: readonly DeployedStack[];
  /** In the same order. */
  readonly templates: readonly Template[];
  readonly fastLane: 'off' | 'same' | 'uploaded';
  /** Apps whose publishing settings were written. */
  readonly settings: readonly string[];
  readonly named: readonly NamedDistribution[];
}

/** For people: what was done, and what is left to do. */
export function renderDeployed(deployed: Deployed): string {
  const { stacks, fastLane, settings, named } = deployed;
  return [
    ...stacks.map(renderStack),
    ...(fastLane === 'off'
      ? []
      : [`Fast lane: its code ${fastLane === 'same' ? 'is this version' : 'was uploaded'}.`]),
    ...(settings.length === 0 ? [] : [`Publishing settings of ${settings.join(', ')}: written.`]),
    ...named.map(renderNamed),
    '',
    'Left to do:',
    ...listNext(deployed).map((line) => `  ${line}`),
  ].join('\n');
}

/** The same for machines. */
export function describeDeployed(deployed: Deployed) {
  const { stacks, fastLane, settings, named } = deployed;
  return { stacks, fastLane, settings, distributions: named, next: listNext(deployed) };
}

function renderStack({ name, region, changes }: DeployedStack): string {
  const count = changes.length === 1 ? '1 change' : `${changes.length} changes`;
  return `Stack ${name} in ${region}: ${changes.length === 0 ? 'as it was' : count}.`;
}

function renderNamed({ kind, subject, file, id, why }: NamedDistribution): string {
  if (kind === 'unclear') {
    return `${file}: write \`distribution: ${id}\` into \`edge\` of ${subject} yourself: ${why}.`;
  }
  return `${file}: ${subject} is distribution ${id}${kind === 'same' ? '' : ' (written)'}.`;
}

function listNext(deployed: Deployed): readonly string[] {
  const { facts, named, stacks } = deployed;
  const { policies } = facts;
  const files = [
    ...new Set(named.filter(({ kind }) => kind === 'written').map(({ file }) => file)),
  ];
  return [
    ...listLeftOver(facts).map(
      ({ subject, what, how }) => `${subject}: ${what}: ${fillOutputs(how, stacks[0]?.outputs)}`,
    ),
    ...listVariables(deployed),
    ...(files.length === 0 ? [] : [`git add ${files.join(' ')} # and commit`]),
    ...listKeys(policies, named),
    ...policies.apps.map(
      ({ app, bucket }) => `headgate publish <dir> --bucket ${bucket} --app ${app} --build <build>`,
    ),
    'headgate reconcile # when the policies name what is published',
  ];
}

/** `the output DomainShopProd of the stack` -> `d111111abcdef8.cloudfront.net` */
function fillOutputs(text: string, outputs: Readonly<Record<string, string>> = {}): string {
  return text.replace(
    /the output (\w+) of the stack/,
    (whole, name: string) => outputs[name] ?? whole,
  );
}

/** Outputs whose description begins with the variable and the repository that its value belongs to. */
const VARIABLE = /^(HEADGATE_[A-Z_]+) of (\S+)/;

function listVariables({ stacks, templates, facts }: Deployed): readonly string[] {
  const { github } = setupOf(facts.policies);
  if (github === undefined) return [];
  const ofRoles = stacks.flatMap(({ outputs }, index) =>
    Object.entries(templates[index]?.Outputs ?? {}).flatMap(([name, { Description }]) => {
      const [, variable, repository] = VARIABLE.exec(Description) ?? [];
      const value = outputs[name];
      return variable && repository && value ? [renderVariable(variable, repository, value)] : [];
    }),
  );
  const ofApps = facts.policies.apps.flatMap((app) => listAppVariables(app, github.apps[app.app]));
  const [first] = facts.policies.apps;
  const region =
    first === undefined ? [] : [renderVariable('HEADGATE_REGION', github.releases, first.region)];
  return [...ofRoles, ...region, ...ofApps];
}

function listAppVariables(
  { app, bucket, region }: AppPolicy,
  repository: string | undefined,
): readonly string[] {
  if (repository === undefined) return [];
  return [
    renderVariable('HEADGATE_APP', repository, app),
    renderVariable('HEADGATE_BUCKET', repository, bucket),
    renderVariable('HEADGATE_REGION', repository, region),
  ];
}

/** `repository` may carry GitHub's ids, as in the subjects of its tokens: acme@123/shop@456. */
function renderVariable(name: string, repository: string, value: string): string {
  return `gh variable set ${name} --repo ${repository.replace(/@\d+/g, '')} --body ${value}`;
}

/** New environments that can't be released before they have a signing key. */
function listKeys({ apps }: Policies, named: readonly NamedDistribution[]): readonly string[] {
  const isNew = (subject: string) =>
    named.some((one) => one.subject === subject && one.kind !== 'same');
  return apps.flatMap(({ app, environments }) =>
    environments
      .filter(needsKeys)
      .filter(({ name }) => isNew(`${app}/${name}`))
      .map(({ name }) => `headgate keys rotate ${app} ${name}`),
  );
}
