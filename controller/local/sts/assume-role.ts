import type { AskingPrincipal } from '../../core/iam/evaluate.ts';
import { evaluate } from '../../core/iam/evaluate.ts';
import type { Context } from '../iam/name-request/permission.ts';
import { documentsOf, type RoleRecord } from '../iam/role.ts';
import { ServiceError } from '../service.ts';
import type { Session } from './sessions.ts';

/** Whether a role trusts that principal with that action. */
export function trusts(
  role: RoleRecord,
  action: string,
  asking: { readonly principal: AskingPrincipal; readonly context: Context },
): boolean {
  const request = { action, resource: role.arn, ...asking };
  return evaluate([documentsOf(role).trust], request) === 'allowed';
}

/** An hour, unless the request says otherwise; never more than the role allows. */
export function checkDuration(seconds: number, { maxSessionSeconds }: RoleRecord): void {
  if (seconds <= maxSessionSeconds) return;
  throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
}

/** A session that assumes the next role gets an hour of it. */
export function checkChain(seconds: number, isSession: boolean): void {
  if (!isSession || seconds <= 3600) return;
  throw invalid(
    'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
  );
}

export function renderSession(session: Session) {
  return {
    Credentials: {
      AccessKeyId: session.accessKey,
      SecretAccessKey: session.secret,
      SessionToken: session.token,
      Expiration: new Date(session.expires).toISOString().replace('.000Z', 'Z'),
    },
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
  };
}

export function notAuthorized(message: string): ServiceError {
  return new ServiceError(403, 'AccessDenied', message);
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationError', message);
}
