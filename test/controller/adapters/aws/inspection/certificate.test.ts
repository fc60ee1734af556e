import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { expect, it } from 'vitest';
import { readCertificate } from '../../../../../controller/adapters/aws/inspection/certificate.ts';
import { makeCertificate } from '../../../local/edge/certificate.ts';

it('tells who a certificate is for and until when, unless somebody in between signed it', async () => {
  const names: unknown[] = [];
  const own = makeCertificate();
  const server = createServer({
    ...own,
    SNICallback: (name, done) => {
      names.push(name);
      done(null);
    },
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = { domain: '127.0.0.1', host: 'shop.example.com', port };
  try {
    const seen = await readCertificate({ ...asked, ca: [own.cert] });
    expect(seen).toEqual({
      names: [],
      begins: new Date('2020-01-01T00:00:00Z'),
      expires: new Date('2049-01-01T00:00:00Z'),
    });
    expect(names).toEqual(['shop.example.com']);
    await expect(readCertificate(asked)).rejects.toThrow('that no public authority signed');
  } finally {
    server.close();
    await once(server, 'close');
  }
  const closed = readCertificate(asked);
  await expect(closed).rejects.toThrow('no TLS handshake with 127.0.0.1 for shop.example.com');
});
