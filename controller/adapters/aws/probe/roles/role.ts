import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  type IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Scratch } from '../scratch.ts';

/** What the probe's things are tagged with, where AWS has tags for them. */
export const TAGS = [{ Key: 'headgate', Value: 'doctor --probe' }];

export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ScratchRole {
  readonly name: string;
  readonly arn: string;
  /** A policy of that name, of those statements; in the place of one that was. */
  allow(policy: string, statements: readonly Statement[]): Promise<void>;
}

/** Who may take a role. */
interface Trust {
  readonly Principal: object;
  readonly Condition?: object;
}

/** Whoever runs the probe, and nobody else of the account. */
export async function trustCaller(sts: STSClient): Promise<Trust> {
  const { Account, UserId } = await sts.send(new GetCallerIdentityCommand({}));
  return {
    Principal: { AWS: `arn:aws:iam::${Account}:root` },
    Condition: { StringEquals: { 'aws:userid': UserId } },
  };
}

/** A role that may do nothing yet. */
export async function createRole(
  iam: IAMClient,
  scratch: Scratch,
  { suffix, trust }: { readonly suffix: string; readonly trust: Trust },
): Promise<ScratchRole> {
  const RoleName = `${scratch.name}-${suffix}`;
  const AssumeRolePolicyDocument = composeTrust(trust);
  scratch.keep(`role ${RoleName}`, () => iam.send(new DeleteRoleCommand({ RoleName })));
  const made = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags: TAGS }),
  );
  return {
    name: RoleName,
    arn: String(made.Role?.Arn),
    async allow(PolicyName, Statement) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      const gone = new DeleteRolePolicyCommand({ RoleName, PolicyName });
      scratch.keep(`policy ${PolicyName} of ${RoleName}`, () => iam.send(gone));
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    },
  };
}

export function composeTrust(trust: Trust): string {
  const statement = { Effect: 'Allow', ...trust, Action: 'sts:AssumeRole' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
