import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createContext } from '../../../../../controller/context.ts';
import { checkRouteStore } from '../../../../contract/route-store.ts';
import { useCloud } from '../cloud-context.ts';
import { createStore } from '../create-store.ts';

const STORE = 'headgate-test';

describe('the KeyValueStore of an edge group', () => {
  const held = useCloud();
  beforeAll(() => createStore(new CloudFrontClient(held.cloud.config()), STORE));
  checkRouteStore(() => ({ routes: held.context.routes, store: STORE }));

  it('is reached at an endpoint that is an IP address too', async () => {
    const { port } = new URL(held.cloud.endpoint);
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    const { values } = await createContext().routes.read(STORE, ['other.example.com']);
    expect(values.get('other.example.com')).toBe('theirs');
  });
});
