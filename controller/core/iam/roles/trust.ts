/** Who may become a role. */
import type { PolicyDocument, Text } from '../document.ts';
import { ACCOUNT, arn, listArns } from './places.ts';
import { one } from './statements.ts';

const ISSUER = 'token.actions.githubusercontent.com';

export const GITHUB_URL = `https://${ISSUER}`;
export const AUDIENCE = 'sts.amazonaws.com';

/**
 * Jobs of GitHub Actions whose token has one of these subjects, letter for letter. `like`: with a wildcard,
 * for a role that only reads.
 */
export function trustGitHub(
  subjects: readonly string[],
  like: readonly string[] = [],
): PolicyDocument {
  const provider = arn(`arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`);
  const statement = (operator: string, values: readonly string[]) => ({
    Effect: 'Allow' as const,
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: withSubject(operator, one(values)),
  });
  return {
    Version: '2012-10-17',
    Statement: [
      statement('StringEquals', subjects),
      ...(like.length === 0 ? [] : [statement('StringLike', like)]),
    ],
  };
}

function withSubject(operator: string, sub: string | readonly string[]) {
  const audience = { [`${ISSUER}:aud`]: AUDIENCE };
  const subject = { [`${ISSUER}:sub`]: sub };
  if (operator === 'StringEquals') return { StringEquals: { ...audience, ...subject } };
  return { StringEquals: audience, [operator]: subject };
}

/** Functions of Lambda, and what carries them to the edge. */
export function trustServices(...services: readonly string[]): PolicyDocument {
  return trust({ Service: one(services) });
}

/** These rules of EventBridge, by their ARNs, and no other account's (documented for the role of a rule's target). */
export function trustRules(rules: readonly string[]): PolicyDocument {
  const { Version, Statement } = trustServices('events.amazonaws.com');
  const Condition = {
    StringEquals: { 'aws:SourceAccount': arn(ACCOUNT) },
    ArnEquals: { 'aws:SourceArn': one(listArns(rules)) },
  };
  return { Version, Statement: Statement.map((statement) => ({ ...statement, Condition })) };
}

/** People of the account: whoever of them may `sts:AssumeRole` on it. */
export function trustAccount(): PolicyDocument {
  return trust({ AWS: arn(`arn:aws:iam::${ACCOUNT}:root`) });
}

function trust(Principal: Readonly<Record<string, Text | readonly Text[]>>): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  };
}

/** The subject of jobs on a branch, as GitHub writes it: `repo:acme/shop:ref:refs/heads/main`. */
export function onBranch(repository: string, branch: string): string {
  return `repo:${repository}:ref:refs/heads/${branch}`;
}

export function onPullRequest(repository: string): string {
  return `repo:${repository}:pull_request`;
}

/** Jobs that name a GitHub environment have it in their subject instead of the branch. */
export function inEnvironment(repository: string, environment: string): string {
  return `repo:${repository}:environment:${environment}`;
}
