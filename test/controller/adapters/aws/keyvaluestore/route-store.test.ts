import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { sendTo } from '../../../../../controller/adapters/aws/keyvaluestore/endpoint.ts';
import { createRouteStore } from '../../../../../controller/adapters/aws/keyvaluestore/route-store.ts';
import { createContext } from '../../../../../controller/context.ts';
import { checkRouteStore } from '../../../../contract/route-store.ts';
import { useCloud } from '../cloud-context.ts';
import { createStore } from '../create-store.ts';

const STORE = 'headgate-test';

describe('the KeyValueStore of an edge group', () => {
  const held = useCloud();
  beforeAll(() => createStore(new CloudFrontClient(held.cloud.config()), STORE));
  checkRouteStore(() => ({ routes: held.context.routes, store: STORE }));

  it('is found without a question by whoever remembers its ARN, and with one when that has changed', async () => {
    const { arn } = await held.context.routes.read(STORE, []);
    const client = new CloudFrontKeyValueStoreClient({ ...held.cloud.config() });
    sendTo(held.cloud.endpoint, client);
    let asked = 0;
    const routes = createRouteStore(client, async () => (asked++, arn));
    routes.remember(STORE, arn);
    const { revision } = await routes.read(STORE, []);
    const change = { put: new Map([['by-arn.example.com', 'x']]), remove: [] };
    expect(await routes.write(STORE, revision, change)).toBe('written');
    expect(asked).toBe(0);
    routes.remember(STORE, arn.replace(/[^/]+$/, '00000000-0000-0000-0000-000000000000'));
    expect((await routes.read(STORE, ['by-arn.example.com'])).values.size).toBe(1);
    expect(asked).toBe(1);
  });

  it('stays the one remembered while it fails and nobody can say whether there is another', async () => {
    const { arn } = await held.context.routes.read(STORE, []);
    const client = new CloudFrontKeyValueStoreClient({ ...held.cloud.config(), maxAttempts: 1 });
    sendTo(held.cloud.endpoint, client);
    let isDown = true;
    client.middlewareStack.add(
      (next) => (args) => (isDown ? Promise.reject(new Error('reset')) : next(args)),
      { step: 'build', name: 'failOnce' },
    );
    const routes = createRouteStore(client, () => Promise.reject(new Error('no control plane')));
    routes.remember(STORE, arn);
    await expect(routes.read(STORE, [])).rejects.toThrow('reset');
    isDown = false;
    expect((await routes.read(STORE, [])).arn).toBe(arn);
  });

  it('has the same keys when many are asked for, and pages of the whole store tell', async () => {
    const { routes } = held.context;
    const names = Array.from({ length: 120 }, (_, index) => `host-${index}.example.com`);
    for (let at = 0; at < names.length; at += 40) {
      const { revision } = await routes.read(STORE, []);
      const put = new Map(names.slice(at, at + 40).map((name) => [name, `route of ${name}`]));
      expect(await routes.write(STORE, revision, { put, remove: [] })).toBe('written');
    }
    const many = await routes.read(STORE, [...names, 'nobody.example.com']);
    expect(many.values).toEqual(new Map(names.map((name) => [name, `route of ${name}`])));
    expect(many.revision).toBe((await routes.read(STORE, [])).revision);
  });

  it('is reached at an endpoint that is an IP address too', async () => {
    const { port } = new URL(held.cloud.endpoint);
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    const { values } = await createContext().routes.read(STORE, ['other.example.com']);
    expect(values.get('other.example.com')).toBe('theirs');
  });
});
