import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';

let cloud: TestCloud;
let quotas: ServiceQuotasClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  quotas = new ServiceQuotasClient(cloud.config());
});
afterAll(async () => {
  quotas.destroy();
  await cloud.close();
});

test('lists documented defaults of CloudFront by page, and knows no other service', async () => {
  const list = (more: { ServiceCode?: string; MaxResults?: number; NextToken?: string } = {}) =>
    quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'cloudfront', ...more }));
  const first = await list({ MaxResults: 1 });
  expect(first.Quotas).toHaveLength(1);
  const rest = await list({ NextToken: first.NextToken! });
  expect(rest.Quotas).toContainEqual(
    expect.objectContaining({ QuotaName: 'Cache behaviors per distribution', Value: 75 }),
  );
  await expect(list({ ServiceCode: 's3' })).rejects.toMatchObject({
    name: 'NoSuchResourceException',
  });
});
