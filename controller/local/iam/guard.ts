import { evaluate, type Decision } from '../../core/iam/evaluate.ts';
import type { PolicyDocument } from '../../core/iam/document.ts';
import { LOCAL_CREDENTIAL, LOCAL_KEY } from '../http/authorization.ts';
import { ADMINISTRATOR, type Asked, type Guard } from '../http/guard.ts';
import { ACCOUNT_ID, ServiceError, type Caller } from '../service.ts';
import type { Session, Sessions } from '../sts/sessions.ts';
import { nameRequest } from './name-request/name-request.ts';
import { permission, type Lookup, type Permission } from './name-request/permission.ts';
import { principalOf } from './principal.ts';
import type { RecordedCall } from './recorded-call.ts';
import { refuseAccess, type Reason } from './refusal.ts';
import { documentsOf, type Roles } from './role.ts';

export interface GuardOptions {
  readonly roles: Roles;
  readonly sessions: Sessions;
  readonly lookup: Lookup;
  /** The policy of the bucket that this ARN is of or in. */
  readonly bucketPolicy: (arn: string) => PolicyDocument | undefined;
  /** Told of every permission that a request needed. */
  readonly onRequest?: ((call: RecordedCall) => void) | undefined;
}

/** Lets the administrator do everything, and a role's session what its policies and the bucket's say. */
export function createGuard(options: GuardOptions): Guard {
  const { sessions, onRequest } = options;
  return {
    findCredential: (key) => (key === LOCAL_KEY ? LOCAL_CREDENTIAL : sessions.find(key)),
    admit(asked) {
      const { credential } = asked;
      const session = credential && sessions.find(credential.accessKey);
      // Most requests are the administrator's, and nobody listens: then nothing has to be named.
      if (session === undefined && onRequest === undefined) return ADMINISTRATOR;
      return admit(options, asked, session);
    },
  };
}

function admit(options: GuardOptions, asked: Asked, session: Session | undefined): Caller {
  const { request, signingName, service } = asked;
  const named = nameRequest(signingName, request, options.lookup);
  if (named === undefined) {
    const what = request.headers['x-amz-target'] ?? `${request.method} ${request.path}`;
    const message = `The local cloud doesn't know which permissions ${signingName} ${what} needs.`;
    throw new ServiceError(501, 'NotImplemented', message);
  }
  const caller = session ? callerOf(session) : ADMINISTRATOR;
  const { arn: principal } = caller;
  const decide = (needed: Permission) => {
    const verdict = session ? judge(options, session, { asked, needed }) : ALLOWED;
    const { requestId } = request;
    const { operation } = named;
    const about = { requestId, service: signingName, operation, principal };
    options.onRequest?.({ ...about, ...needed, decision: verdict.decision });
    return verdict;
  };
  const protocol = service.protocol ?? 'rest-xml';
  const refused = named.permissions
    .map((needed) => ({ permission: needed, ...decide(needed) }))
    .find(({ decision }) => decision !== 'allowed');
  if (refused !== undefined) throw refuseAccess({ protocol, principal, ...refused });
  return {
    ...caller,
    may: (action, resource) => decide(permission(action, resource)).decision === 'allowed',
  };
}

function callerOf({ arn, userId, role }: Session): Omit<Caller, 'may'> {
  return { arn, userId, roleArn: role.arn };
}

interface Verdict {
  readonly decision: Decision;
  readonly reason: Reason;
}

const ALLOWED: Verdict = { decision: 'allowed', reason: 'nothing' };

/** Within one account either kind of policy may allow it; a denial of either wins. */
function judge(
  { roles, bucketPolicy }: GuardOptions,
  session: Session,
  { asked, needed }: { readonly asked: Asked; readonly needed: Permission },
): Verdict {
  const role = roles.get(session.role.name);
  // A role that was made again under the same name is another one.
  const policies = role?.id === session.role.id ? documentsOf(role).policies : [];
  const context = {
    'aws:PrincipalAccount': ACCOUNT_ID,
    'aws:PrincipalArn': session.role.arn,
    'aws:PrincipalIsAWSService': 'false',
    'aws:RequestedRegion': asked.request.region,
    'aws:SecureTransport': 'true',
    'aws:userid': session.userId,
    ...needed.context,
  };
  const question = { ...needed, context };
  const own = evaluate(policies, question);
  if (own === 'explicitDeny') return { decision: own, reason: 'identity-based' };
  const document = bucketPolicy(needed.resource);
  const bucket =
    document === undefined
      ? 'implicitDeny'
      : evaluate([document], { ...question, principal: principalOf(callerOf(session)) });
  if (bucket === 'explicitDeny') return { decision: bucket, reason: 'resource-based' };
  return own === 'allowed' || bucket === 'allowed'
    ? ALLOWED
    : { decision: 'implicitDeny', reason: 'nothing' };
}
