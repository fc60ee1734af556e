import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { buildClientConfig, GLOBAL_REGION } from '../client-config.ts';

export function createServiceQuotas(): ServiceQuotasClient {
  return new ServiceQuotasClient(buildClientConfig(GLOBAL_REGION));
}
