import { get } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { TunnelAgent } from '../../../../../controller/adapters/aws/proxy/tunnel.ts';
import { stubProxies } from '../../../../contract/upload-proxy.ts';

afterEach(() => vi.unstubAllEnvs());

it('gives up a proxy that takes the call and says nothing', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  stubProxies({ HTTPS_PROXY: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` });
  const agent = new TunnelAgent({ keepAlive: true }, 100);
  const failing = new Promise((_, reject) =>
    get('https://s3.away.invalid', { agent }, reject).on('error', reject),
  );
  await expect(failing).rejects.toMatchObject({
    message: expect.stringMatching(/which HTTPS_PROXY names, does not answer \(ETIMEDOUT\)/),
    code: 'ETIMEDOUT',
  });
  agent.destroy();
  silent.close();
});
