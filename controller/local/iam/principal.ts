import type { AskingPrincipal } from '../../core/iam/evaluate.ts';
import { ACCOUNT_ID, type Caller } from '../service.ts';

/** Somebody of the account, by all names that policies may know them by: their own first, then their role's. */
export function principalOf({
  arn,
  roleArn = arn,
}: Pick<Caller, 'arn' | 'roleArn'>): AskingPrincipal {
  const names = [arn, roleArn, `arn:aws:iam::${ACCOUNT_ID}:root`, ACCOUNT_ID];
  return { kind: 'AWS', names };
}
