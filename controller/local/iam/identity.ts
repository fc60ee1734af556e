import type { Guard } from '../http/guard.ts';
import type { CloudClock, Disk, Service } from '../service.ts';
import { trusts } from '../sts/assume-role.ts';
import { openSessions } from '../sts/sessions.ts';
import { createSts } from '../sts/sts.ts';
import type { Issuers } from '../sts/web-token.ts';
import { mayAct, type Act } from './act.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import { createIam } from './iam.ts';
import type { Lookup } from './name-request/permission.ts';
import { openProviders } from './provider.ts';
import { openRoles } from './role.ts';

export interface IdentityOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  /** Whose tokens STS can verify. */
  readonly issuers: Issuers;
  /** Told of every permission that a request, or a service by itself, needed. */
  readonly onRequest: GuardOptions['onRequest'];
}

/** Who there is in the account, and who may do what. */
export interface Identity {
  /** IAM and STS. */
  readonly services: readonly Service[];
  createGuard(options: {
    readonly storeArn: Lookup['storeArn'];
    readonly bucketPolicy: GuardOptions['bucketPolicy'];
  }): Guard;
  /** What a function of this role finds in its environment. Of a role that IAM doesn't know: nothing of its own. */
  startFunction(role: string, functionName: string): Readonly<Record<string, string>>;
  /** Whether a service may assume a role; of one that IAM doesn't know nothing is asked. */
  isTrusting(role: string, service: string): boolean;
  /** Whether a service may do that in a role; of one that IAM doesn't know nothing is asked. */
  mayAct(act: Act): boolean;
}

/** Of a function's environment, which ends before. */
const FUNCTION_SECONDS = 12 * 3600;

export function openIdentity({ disk, clock, issuers, onRequest }: IdentityOptions): Identity {
  const roles = openRoles(disk);
  const providers = openProviders(disk);
  const sessions = openSessions(disk, clock);
  return {
    services: [
      createIam({ roles, providers, clock }),
      createSts({ roles, providers, sessions, clock, issuers }),
    ],
    createGuard({ storeArn, bucketPolicy }) {
      const lookup = { storeArn, roleArn: (name: string) => roles.get(name)?.arn };
      return createGuard({ lookup, bucketPolicy, roles, sessions, onRequest });
    },
    startFunction(arn, functionName) {
      const role = roles.findByArn(arn);
      if (role === undefined) return {};
      const { accessKey, secret, token } = sessions.start(role, functionName, FUNCTION_SECONDS);
      return {
        AWS_ACCESS_KEY_ID: accessKey,
        AWS_SECRET_ACCESS_KEY: secret,
        AWS_SESSION_TOKEN: token,
      };
    },
    mayAct(act) {
      const role = roles.findByArn(act.role);
      return role === undefined || mayAct(role, act, onRequest);
    },
    isTrusting(arn, service) {
      const role = roles.findByArn(arn);
      const principal = { kind: 'Service', names: [service] } as const;
      return role === undefined || trusts(role, 'sts:AssumeRole', { principal, context: {} });
    },
  };
}
