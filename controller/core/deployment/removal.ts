/** What goes with a set-up, what stays, and the functions in between that no stack has made. */
import { standaloneName } from '../eject/standalone.ts';
import { lambdaName } from '../plan/function-names.ts';
import { requestFunctionName, responseFunctionName } from '../plan/behaviours.ts';
import type { Policies } from '../policy/policy.ts';
import type { Resource, Template } from '../infrastructure/template.ts';

/** A stack that is there. */
export interface PresentStack {
  readonly name: string;
  readonly region: string;
  /** False: its first creation was rolled back, so nothing of it is there. */
  readonly isMade: boolean;
  readonly template: Template;
}

export interface Removal {
  readonly stacks: readonly PresentStack[];
  /** CloudFront functions of the groups, by name. */
  readonly functions: readonly string[];
  /** Those that `headgate eject` leaves. On a distribution that isn't the stack's they serve, and stay. */
  readonly standalone: readonly string[];
  /** Lambda@Edge functions by name. */
  readonly lambdas: readonly string[];
  /** The stack's distributions that serve a site which was ejected, by id. */
  readonly serving: readonly string[];
  /** What holds data, in words. */
  readonly kept: readonly string[];
}

interface Account {
  /** Those that are there, the home stack last, which is the order they go in. */
  readonly stacks: readonly PresentStack[];
  /** Those that the policies want and that are not there, as they would be. */
  readonly absent: readonly Pick<PresentStack, 'region' | 'template'>[];
  readonly serving: readonly string[];
}

export function planRemoval(policies: Policies, account: Account): Removal {
  const { groups, apps } = policies;
  const { stacks, absent, serving } = account;
  return {
    stacks,
    serving,
    functions: groups
      .filter(({ runtime }) => runtime === 'cloudfront-functions')
      .flatMap(({ name }) => [requestFunctionName(name), responseFunctionName(name)]),
    standalone: apps.flatMap(({ app, environments }) =>
      environments.map(({ name }) => standaloneName(app, name)),
    ),
    lambdas: groups
      .filter(({ runtime }) => runtime === 'lambda-edge')
      .map(({ name }) => lambdaName(name)),
    kept: [
      ...stacks.filter(({ isMade }) => isMade).flatMap(listKept),
      ...absent.flatMap(listKept).map((line) => `${line}, if an earlier stack left it`),
      ...apps.map(({ app, region }) => `SSM parameters below /headgate/${app}/ (${region})`),
      ...groups
        .filter(({ runtime }) => runtime === 'lambda-edge')
        .map(({ name }) => describeLogs(lambdaName(name))),
    ],
  };
}

function listKept({ region, template }: Account['absent'][number]): readonly string[] {
  const kept = Object.values(template.Resources).filter(isKept);
  return kept.map((resource) => `${describe(resource)} (${region})`);
}

/** Lambda makes them: of CloudFront's runs in the region next to a visitor, and at home of a release's tests. */
function describeLogs(lambda: string): string {
  return `log groups /aws/lambda/${lambda} (us-east-1) and /aws/lambda/us-east-1.${lambda} (every region where it ran)`;
}

/** For people, before anything is done. */
export function renderRemoval(removal: Removal): string {
  const { stacks, functions, standalone, lambdas, serving, kept } = removal;
  const gone = stacks.flatMap(({ name, region, isMade, template }) => {
    if (!isMade) return [`  stack ${name} in ${region}, of which nothing was ever made`];
    const going = Object.entries(template.Resources).filter(([, resource]) => !isKept(resource));
    const lines = going.map(([id, { Type }]) => `    ${Type} ${id}${WARNINGS[Type] ?? ''}`);
    return [`  stack ${name} in ${region}:`, ...lines];
  });
  return [
    stacks.length === 0 ? 'No stack is there. What goes, where it is there:' : 'What goes:',
    `  functions ${functions.join(', ') || 'none'}, first off the distributions`,
    `  what \`headgate eject\` left on them, if it did: ${standalone.join(', ')}`,
    ...gone,
    ...serving.map(
      (id) =>
        `  warning: distribution ${id} serves a site that was ejected, and goes with the stack: nobody is served then`,
    ),
    'Before that, switch off what would put functions back: the schedule of reconcile.yml.',
    ...(lambdas.length === 0 ? [] : ['What must wait:']),
    ...lambdas.map(
      (name) =>
        `  Lambda@Edge function ${name}: CloudFront removes its replicas some hours after its last distribution`,
    ),
    'What stays, with the data in it:',
    ...kept.map((line) => `  ${line}`),
  ].join('\n');
}

const WARNINGS: Readonly<Record<string, string>> = {
  'AWS::IAM::OIDCProvider':
    " (the account's one: roles that aren't of this stack and trust it end, too)",
};

function isKept({ DeletionPolicy = 'Delete' }: Resource): boolean {
  return DeletionPolicy !== 'Delete';
}

const NAMES = ['BucketName', 'LogGroupName', 'TableName', 'Name'] as const;
const WORDS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'bucket',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::DynamoDB::GlobalTable': 'table',
  'AWS::DynamoDB::Table': 'table',
};

/** `bucket acme-web-builds` */
function describe({ Type, Properties }: Resource): string {
  const name = NAMES.map((key) => Properties[key]).find((value) => typeof value === 'string');
  return `${WORDS[Type] ?? Type} ${name ?? ''}`.trim();
}
