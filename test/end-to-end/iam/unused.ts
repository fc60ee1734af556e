import type { PolicyDocument, Statement } from '../../../controller/core/iam/document.ts';
import { evaluate } from '../../../controller/core/iam/evaluate.ts';
import type { RecordedCall } from '../../../controller/local/iam/recorded-call.ts';

/** `Sid action` of all that a policy grants and none of these calls needed. */
export function findUnused(
  policy: PolicyDocument,
  calls: readonly RecordedCall[],
): readonly string[] {
  return policy.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap((statement) =>
    [statement.Action]
      .flat()
      .filter((action) => !calls.some((call) => needs(call, { ...statement, Action: action })))
      .map((action) => `${statement.Sid} ${action}`),
  );
}

/** Whether this statement alone, with one of its actions, allows the call. */
function needs({ action, resource, context }: RecordedCall, statement: Statement): boolean {
  return (
    evaluate([{ Version: '2012-10-17', Statement: [statement] }], { action, resource, context }) ===
    'allowed'
  );
}
