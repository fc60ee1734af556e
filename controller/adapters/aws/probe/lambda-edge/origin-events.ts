import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { tell } from '../at-edge/helpers.ts';
import { POLL_MILLISECONDS, type Answer, type Visit } from '../at-edge/site.ts';
import { observe } from '../observe.ts';
import { waitFor } from '../wait.ts';
import { RAN, SAW } from './code.ts';

const EXPIRED_MILLISECONDS = 60_000;

export interface Visiting {
  readonly visit: Visit;
  readonly signal: AbortSignal;
}

/** When functions at the origin run, and what their answers count for. */
export async function lookAtOrigin(visiting: Visiting): Promise<readonly Measured[]> {
  const { visit } = visiting;
  return [
    await observe('origin-request-revalidation', async () => {
      const { body: first } = await visit('/lambda/expiring');
      const other = await until(visiting, '/lambda/expiring', ({ body }) => body !== first);
      const kept = await visit('/lambda/kept');
      const again = await until(visiting, '/lambda/kept', isRefreshed);
      const isRun = /^\d+$/.test(other?.body ?? '');
      const isSame = again?.headers[RAN] === kept.headers[RAN];
      const evidence = `origin-request on what had expired: ${isRun ? 'ran' : 'did not run'}; origin-response on a 304: ${isSame ? 'did not run' : 'ran'}`;
      return [isRun && isSame, evidence];
    }),
    await observe('origin-response-status', async () => {
      const { status, body, headers } = await visit('/lambda/missing');
      const isSeen = headers[RAN] === 'viewer-response';
      const evidence = `404 made 200: ${status} ${body}, viewer-response ${isSeen ? 'ran' : 'did not run'}`;
      return [status === 200 && body === 'made' && isSeen, evidence];
    }),
    await observe('origin-bucket', async () => {
      const answer = await visit('/lambda/other');
      return [
        answer.status === 200 && answer.body === 'second',
        `the other bucket: ${tell(answer)}`,
      ];
    }),
    await lookAtFailover(visit),
  ];
}

function lookAtFailover(visit: Visit): Promise<Measured> {
  return observe('failover-response', async () => {
    const second = await visit('/group/second');
    const spoilt = await visit('/group/spoilt');
    const generated = await visit('/group/generated');
    const holds = [
      second.body === 'second' && second.headers[SAW] === '200',
      spoilt.status === 404 && spoilt.body === 'first',
      generated.status === 404 && generated.body === 'generated',
    ];
    const evidence = [
      `of the second origin: origin-response saw ${second.headers[SAW] ?? 'nothing'}`,
      `200 of the first made 404: ${spoilt.status} ${spoilt.body.slice(0, 20)}`,
      `404 of origin-request: ${generated.status} ${generated.body.slice(0, 20)}`,
    ];
    return [holds.every(Boolean), evidence.join('; ')];
  });
}

function isRefreshed({ headers }: Answer): boolean {
  return headers['x-cache']?.startsWith('RefreshHit') === true;
}

/** The first answer that is so. */
async function until(
  { visit, signal }: Visiting,
  path: string,
  isSo: (answer: Answer) => boolean,
): Promise<Answer> {
  const patience = { signal, pause: POLL_MILLISECONDS, most: EXPIRED_MILLISECONDS };
  const found = await waitFor(async () => {
    const answer = await visit(path);
    return isSo(answer) ? answer : undefined;
  }, patience);
  if (found === undefined) throw new Error(`${path} is answered from the cache for ever`);
  return found;
}
