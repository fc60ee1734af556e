import { paginateListServiceQuotas } from '@aws-sdk/client-service-quotas';
import type { Inspection } from '../../../ports/inspection.ts';
import { inspectBucket } from './bucket.ts';
import { readCertificate } from './certificate.ts';
import type { Clients } from './clients.ts';
import { inspectCounts } from './counts.ts';
import { inspectEdge } from './edge.ts';
import { inspectIdentity } from './identity.ts';
import { inspectLane } from './lane.ts';
import { inspectLogs } from './logs.ts';
import { readParameterLook } from './parameter.ts';
import { inspectRules } from './rules.ts';
import { ask } from './asking.ts';

/** `env`: of the process. */
export function createInspection(
  clients: Clients,
  env: Readonly<Record<string, string | undefined>>,
): Inspection {
  return {
    ...inspectIdentity(clients, env),
    ...inspectBucket(clients),
    ...inspectEdge(clients),
    ...inspectLane(clients),
    ...inspectRules(clients),
    ...inspectLogs(clients),
    ...inspectCounts(clients),
    certificate: (domain, host) => readCertificate({ domain, host }),
    parameter: async (region, name) => readParameterLook(await clients.ssm(region), name),
    async quota(service, name) {
      const client = await clients.quotas();
      const doing = { action: 'servicequotas:ListServiceQuotas', resource: `quotas of ${service}` };
      return ask(doing, async () => {
        for await (const page of paginateListServiceQuotas({ client }, { ServiceCode: service })) {
          const found = page.Quotas?.find(({ QuotaName }) => QuotaName === name);
          if (found?.Value !== undefined) return found.Value;
        }
        return undefined;
      });
    },
  };
}
