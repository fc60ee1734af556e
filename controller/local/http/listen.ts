import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const ATTEMPTS = 10;

/**
 * Listens on both loopback addresses with the same port, because `localhost` may mean either.
 * A machine without IPv6 gets IPv4 alone. Port 0: any port that is free on both.
 */
export async function listen(
  port: number,
  create: () => Server,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  for (let attempt = 1; ; attempt += 1) {
    const first = create();
    await start(first, port, '127.0.0.1');
    const chosen = (first.address() as AddressInfo).port;
    const second = create();
    try {
      await start(second, chosen, '::1');
      return { port: chosen, close: () => closeAll([first, second]) };
    } catch (error) {
      if (hasCode(error, 'EADDRNOTAVAIL', 'EAFNOSUPPORT')) {
        return { port: chosen, close: () => closeAll([first]) };
      }
      await closeAll([first]);
      if (port !== 0 || attempt === ATTEMPTS || !hasCode(error, 'EADDRINUSE')) throw error;
    }
  }
}

async function start(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }),
  );
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
