import * as z from 'zod';
import { createJsonService, defineOperation } from '../http/aws-json.ts';
import { cutPage } from '../http/page.ts';
import { ACCOUNT_ID, ServiceError, type Service } from '../service.ts';

/** By service: what AWS documents as defaults. Their codes are made up here, so they can't be asked for by code. */
const QUOTAS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cloudfront: {
    'Alternate domain names (CNAMEs) per distribution': 100,
    'Cache behaviors per distribution': 75,
    'Origins per distribution': 100,
  },
};

const listShape = z.strictObject({
  ServiceCode: z.string().min(1).max(63),
  MaxResults: z.int().min(1).max(100).default(100),
  NextToken: z.string().max(2048).optional(),
});

/** Service Quotas: nothing but ListServiceQuotas. */
export function createServiceQuotas(): Service {
  return createJsonService({
    signingName: 'servicequotas',
    target: 'ServiceQuotasV20190624',
    version: '1.1',
    operations: {
      ListServiceQuotas: defineOperation(
        listShape,
        ({ ServiceCode: service, ...page }, { region }) => {
          const quotas = Object.hasOwn(QUOTAS, service) ? QUOTAS[service] : undefined;
          if (quotas === undefined) {
            const message = `The local cloud has quotas of ${Object.keys(QUOTAS).join(', ')}, not of ${service}.`;
            throw new ServiceError(400, 'NoSuchResourceException', message);
          }
          const cut = cutPage(Object.entries(quotas), ([name]) => name, page);
          return {
            Quotas: cut.items.map(([QuotaName, Value], index) => {
              const QuotaCode = `L-LOCAL${index}`;
              return {
                ServiceCode: service,
                ServiceName: service,
                QuotaArn: `arn:aws:servicequotas:${region}:${ACCOUNT_ID}:${service}/${QuotaCode}`,
                QuotaCode,
                QuotaName,
                Value,
                Unit: 'None',
                Adjustable: true,
                GlobalQuota: true,
              };
            }),
            NextToken: cut.next,
          };
        },
      ),
    },
  });
}
