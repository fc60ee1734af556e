import { ServiceError, type Protocol } from '../service.ts';
import type { Permission } from './name-request/permission.ts';

/** Why it is refused: nothing allows it, or a policy of this kind denies it. */
export type Reason = 'nothing' | 'identity-based' | 'resource-based';

interface Refused {
  readonly protocol: Protocol;
  readonly principal: string;
  readonly permission: Permission;
  readonly reason: Reason;
}

/** What a service of this protocol answers to somebody who may not do that. */
export function refuseAccess({ protocol, principal, permission, reason }: Refused): ServiceError {
  const { action, resource } = permission;
  const what = protocol === 's3' ? `"${resource}"` : resource;
  const why =
    reason === 'nothing'
      ? `because no identity-based policy allows the ${action} action`
      : `with an explicit deny in a ${reason} policy`.replace('a identity', 'an identity');
  const message = `User: ${principal} is not authorized to perform: ${action} on resource: ${what} ${why}`;
  if (protocol === 'aws-json') return new ServiceError(400, 'AccessDeniedException', message);
  const code = protocol === 'rest-json' ? 'AccessDeniedException' : 'AccessDenied';
  return new ServiceError(403, code, message);
}
