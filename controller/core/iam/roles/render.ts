/** The roles as resources of the home stack. */
import { setupOf } from '../../policy/setup.ts';
import { fastLaneName } from '../../infrastructure/names.ts';
import { getAtt, type Output, type Resource } from '../../infrastructure/template.ts';
import { UsageError } from '../../errors.ts';
import type { PolicyDocument } from '../document.ts';
import type { Role, RoleFacts } from './facts.ts';
import { listRoles } from './list.ts';
import { AUDIENCE, GITHUB_URL } from './trust.ts';

/** Characters of the policies that stand in a role, without white space (documented). */
const INLINE_LIMIT = 10_240;

export function renderRoles(facts: RoleFacts): Readonly<Record<string, Resource>> {
  const { github, stack } = setupOf(facts.policies);
  const isProviderMade = github?.provider === 'create';
  const roles = listRoles(facts).map((role) => {
    // What its trust names is to be there before it, and is named by its ARN alone.
    const waits = isProviderMade && role.variable !== undefined;
    return [
      role.id,
      { ...renderRole(role, stack), ...(waits && { DependsOn: PROVIDER_ID }) },
    ] as const;
  });
  const provider = isProviderMade ? { [PROVIDER_ID]: renderProvider(stack) } : {};
  return { ...provider, ...Object.fromEntries(roles) };
}

/** ARNs, by what they are for; where a variable of GitHub is to have one, it stands first. */
export function roleOutputs(facts: RoleFacts): Readonly<Record<string, Output>> {
  const outputs = listRoles(facts).map(({ id, purpose, variable }) => {
    const whose = variable && `${variable.name} of ${variable.repository}`;
    const output = { Description: whose ?? purpose, Value: getAtt(id, 'Arn') };
    return [`${id}Arn`, output] as const;
  });
  return { ...Object.fromEntries(outputs), ...functionOutput(facts) };
}

/** What the rollback role asks, by its name. */
function functionOutput({ policies }: RoleFacts): Readonly<Record<string, Output>> {
  const setup = setupOf(policies);
  const Value = fastLaneName(setup);
  if (setup.github === undefined || Value === undefined) return {};
  const Description = `HEADGATE_ROLLBACK_FUNCTION of ${setup.github.releases}`;
  return { RollbackFunction: { Description, Value } };
}

const PROVIDER_ID = 'GitHubProvider';

/** One per account and issuer. GitHub's certificates are among those that IAM trusts by itself (documented). */
function renderProvider(stack: string): Resource {
  return {
    Type: 'AWS::IAM::OIDCProvider',
    Properties: { Url: GITHUB_URL, ClientIdList: [AUDIENCE], Tags: tagsOf(stack) },
  };
}

function renderRole(role: Role, stack: string): Resource {
  requireRoom(role);
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: role.name,
      ...(role.path !== undefined && { Path: role.path }),
      Description: role.purpose,
      AssumeRolePolicyDocument: role.trust,
      Policies: [{ PolicyName: 'headgate', PolicyDocument: role.policy }],
      Tags: tagsOf(stack),
    },
  };
}

function tagsOf(stack: string) {
  return [{ Key: 'headgate:stack', Value: stack }];
}

/** Before CloudFormation finds out half-way. References grow when they are filled in, so some room is left. */
function requireRoom({ name, policy }: Role): void {
  const size = sizeOf(policy);
  if (size <= INLINE_LIMIT) return;
  throw new UsageError(
    `The policy of role ${name} has ${size} characters, and IAM takes ${INLINE_LIMIT}.`,
    'Split the apps over two stacks, each with policies and a `setup.stack` of its own.',
  );
}

/** As IAM counts it, once the account and the ids are filled in. */
export function sizeOf(policy: PolicyDocument): number {
  const filled = JSON.stringify(policy)
    .replaceAll(/\{"Fn::Sub":("(?:[^"\\]|\\.)*")\}/g, '$1')
    .replaceAll(/\$\{(AWS::AccountId|Distribution\w+)\}/g, '123456789012ab')
    .replaceAll(/\$\{\w+\.Arn\}/g, 'x'.repeat(STORE_ARN_LENGTH));
  return filled.length;
}

/** `arn:aws:cloudfront::123456789012:key-value-store/<UUID>`. */
const STORE_ARN_LENGTH = 86;
