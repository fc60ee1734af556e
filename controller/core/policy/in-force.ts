import { ConflictError } from '../errors.ts';
import { keys } from '../state/keys.ts';
import { isOlderCommit, isSameCopy, type PolicyCopy } from './policy-copy.ts';

/** What is checked out has been replaced by newer policies, which are in force. */
export class OldPoliciesError extends ConflictError {
  override readonly name = 'OldPoliciesError';
}

/**
 * Throws where a run would move visitors by texts that newer ones have replaced: somebody runs an old
 * workflow again, or the runs of two pushes come in the wrong order. The same texts do no harm, whatever
 * their commit.
 */
export function checkInForce(stored: PolicyCopy, next: PolicyCopy, bucket: string): void {
  if (isSameCopy(stored, next) || !isOlderCommit(stored, next)) return;
  const given = describe(next);
  throw new OldPoliciesError(
    `${next.app}: the policies checked out (${given}) are older than those in force (${describe(stored)}), so nothing moves forward by them. Guard and rollback go on.`,
    `Run it on the head of the branch. To go by these older ones, first delete s3://${bucket}/${keys.policyCopy(next.app)}.`,
  );
}

function describe({ commit = 'unknown', committedAt }: PolicyCopy): string {
  return `commit ${commit} of ${committedAt}`;
}
