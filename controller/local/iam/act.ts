import { evaluate } from '../../core/iam/evaluate.ts';
import { ACCOUNT_ID } from '../service.ts';
import { trusts } from '../sts/assume-role.ts';
import { composeArn, permission } from './name-request/permission.ts';
import type { RecordedCall } from './recorded-call.ts';
import { documentsOf, type RoleRecord } from './role.ts';

/** Something that a service does by itself, in a role of the account. */
export interface Act {
  /** ARN of the role. */
  readonly role: string;
  /** `events.amazonaws.com`. */
  readonly service: string;
  /** `events:PutEvents`. */
  readonly action: string;
  readonly resource: string;
  /** ARN of what it does it for. */
  readonly source: string;
}

/** Whether the role trusts the service, and may do that itself. */
export function mayAct(
  role: RoleRecord,
  { service, action, resource, source }: Act,
  tell: ((call: RecordedCall) => void) | undefined,
): boolean {
  const context = { 'aws:SourceArn': source, 'aws:SourceAccount': ACCOUNT_ID };
  const principal = { kind: 'Service', names: [service] } as const;
  const isTrusted = trusts(role, 'sts:AssumeRole', { principal, context });
  const needed = permission(action, resource);
  const decision = isTrusted ? evaluate(documentsOf(role).policies, needed) : 'implicitDeny';
  const [signingName = '', operation = ''] = action.split(':');
  tell?.({
    ...needed,
    requestId: source,
    service: signingName,
    operation,
    principal: composeArn('sts', '', `assumed-role/${role.name}/${service}`),
    decision,
  });
  return decision === 'allowed';
}
