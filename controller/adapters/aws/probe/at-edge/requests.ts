import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { observe } from '../observe.ts';
import { readSeen, SEEN } from './code.ts';
import type { Visit } from './site.ts';

/** What functions see of requests, and when they run. */
export async function lookAtRequests(visit: Visit): Promise<readonly Measured[]> {
  const seenBy = async (path: string, cookie?: string) => {
    const answer = await visit(path, cookie);
    return { ...answer, seen: readSeen(answer.headers[SEEN]) };
  };
  const shown = await observe('response-sees-request', async () => {
    const { seen } = await seenBy('/page');
    return [seen.path === '/page', `viewer-response saw: ${seen.path}`];
  });
  return [
    shown,
    // Other pages rely on it, too.
    ...['header', 'gate', 'moved'].map((page) => ({ ...shown, id: `${shown.id}-${page}` })),
    await observe('path-as-sent', async () => {
      const { seen } = await seenBy('/a%2Fb//c');
      return [seen.path === '/a%2Fb//c', `/a%2Fb//c was seen as ${seen.path}`];
    }),
    await observe('values-not-decoded', async () => {
      const { query, cookie } = (await seenBy('/page?q=a%2Fb', 'c=a%2Fb')).seen;
      return [query === 'a%2Fb' && cookie === 'a%2Fb', `query: ${query}, cookie: ${cookie}`];
    }),
    await observe('root-object', async () => {
      const { seen, status, body } = await seenBy('/');
      return [seen.path === '/' && body === 'page', `seen as ${seen.path}, status ${status}`];
    }),
    await observe('headers-of-errors', async () => {
      const { status, headers } = await visit('/missing');
      const said = headers['cache-control'] ?? 'nothing';
      return [status === 404 && said === 'no-store', `${status}, cache-control: ${said}`];
    }),
    await observe('principal-star', async () => {
      const { status, body } = await visit('/star');
      return [status === 200 && body === 'star', `asked as the distribution: ${status}`];
    }),
    await observe('generated-no-response-function', async () => {
      const { headers } = await visit('/generated');
      const [seen, said] = [headers[SEEN] ?? 'nothing', headers['cache-control'] ?? 'nothing'];
      return [seen === 'nothing' && said === 'nothing', `${SEEN}: ${seen}, cache-control: ${said}`];
    }),
  ];
}
