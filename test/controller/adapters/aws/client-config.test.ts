import { afterEach, expect, it, vi } from 'vitest';
import { buildClientConfig } from '../../../../controller/adapters/aws/client-config.ts';

afterEach(() => vi.unstubAllEnvs());

it('takes the region that is named, else that of the environment as every AWS client spells it', () => {
  vi.stubEnv('AWS_REGION', undefined);
  vi.stubEnv('AWS_DEFAULT_REGION', undefined);
  expect(buildClientConfig(undefined)).not.toHaveProperty('region');
  vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-1');
  expect(buildClientConfig(undefined)).toMatchObject({ region: 'eu-west-1' });
  vi.stubEnv('AWS_REGION', 'eu-west-2');
  expect(buildClientConfig(undefined)).toMatchObject({ region: 'eu-west-2' });
  expect(buildClientConfig('us-east-1')).toMatchObject({ region: 'us-east-1' });
});
