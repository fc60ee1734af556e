import { createQueryService } from '../http/aws-query.ts';
import type { CloudClock, Service } from '../service.ts';
import { providerOperations } from './provider-operations.ts';
import type { Providers } from './provider.ts';
import { roleOperations } from './role-operations.ts';
import { rolePolicyOperations } from './role-policies.ts';
import type { Roles } from './role.ts';
import { simulateOperations } from './simulate.ts';

export interface IamOptions {
  readonly roles: Roles;
  readonly providers: Providers;
  readonly clock: CloudClock;
}

/** IAM: roles with policies of their own, and OpenID Connect providers. */
export function createIam({ roles, providers, clock }: IamOptions): Service {
  return createQueryService({
    signingName: 'iam',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    operations: {
      ...roleOperations(roles, clock),
      ...rolePolicyOperations(roles),
      ...providerOperations(providers, clock),
      ...simulateOperations(roles),
    },
  });
}
