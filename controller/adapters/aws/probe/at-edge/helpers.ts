import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { observe } from '../observe.ts';
import { readSeen, SEEN } from './code.ts';
import type { Answer, Visit } from './site.ts';

/** What functions' helpers for origins do. `name`: of the bucket that a server is asked for, which nobody has. */
export async function lookAtHelpers(visit: Visit, name: string): Promise<readonly Measured[]> {
  const call = async (path: string) => {
    const { status, headers } = await visit(path);
    // An error has no such header.
    return readSeen(headers[SEEN]).call || String(status);
  };
  return [
    await observe('helper-throws', async () => {
      const said = {
        'an unknown origin': await call('/call/unknown'),
        'another form': await call('/call/form'),
        'viewer-response': await call('/response'),
      };
      const { status } = await visit('/uncaught');
      const holds = Object.values(said).every((one) => one === 'threw') && status === 503;
      const told = Object.entries(said).map(([what, answer]) => `${what}: ${answer}`);
      return [holds, `${told.join(', ')}; not caught: ${status}`];
    }),
    await observe('helper-last-wins', async () => {
      const [anew, last] = [await visit('/call/anew'), await visit('/call/last')];
      const evidence = `two calls, the first with another path: ${anew.status} ${anew.body}; both with one: ${last.status} ${last.body}`;
      return [anew.body === 'plain' && last.body === 'other', brief(evidence)];
    }),
    ...(await lookAtServers(visit, name)),
  ];
}

async function lookAtServers(visit: Visit, name: string): Promise<readonly Measured[]> {
  return [
    await observe('helper-access-control', async () => {
      const [kept, off] = [await visit('/call/inherited'), await visit('/call/server')];
      const evidence = `nothing said of it: ${tell(kept)}; switched off: ${tell(off)}`;
      if (off.status === 502) throw new Error(`the server was not reached either way: ${evidence}`);
      return [kept.status === 502, evidence];
    }),
    await observe('server-origin-path', async () => {
      const answer = await visit('/path/server');
      if (answer.status >= 500) throw new Error(`the server was not reached: ${tell(answer)}`);
      const asked = answer.body.includes(`${name}-path`) ? "the behaviour's path" : 'without it';
      const evidence = `${answer.status}, the server was asked ${asked}`;
      return [answer.body.includes(`${name}-path`), evidence];
    }),
    await observe('server-down', async () => {
      const [nobody, closed] = [await visit('/call/nobody'), await visit('/call/closed')];
      const evidence = `a name without an address: ${tell(nobody)}; a port where nobody listens: ${tell(closed)}`;
      return [nobody.status === 502 && closed.status === 502, evidence];
    }),
  ];
}

export function tell({ status, headers }: Answer): string {
  return `${status} (${headers['x-cache'] ?? 'no x-cache'})`;
}

/** Error pages are long. */
function brief(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
