import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { tell } from '../at-edge/helpers.ts';
import type { Visit } from '../at-edge/site.ts';
import { observe } from '../observe.ts';
import { LOADING_SECONDS, TIMEOUT, VIEWER_LIMIT } from './code.ts';

/** What functions may answer at viewer events, and how long they may load. */
export async function lookAtViewers(visit: Visit): Promise<readonly Measured[]> {
  return [
    await observe('generated-size', async () => {
      const [fits, over] = [await visit('/viewer/fits'), await visit('/viewer/over')];
      const evidence = `all of it ${VIEWER_LIMIT} bytes as JSON: ${tell(fits)}; one more: ${tell(over)}`;
      return [fits.status === 200 && over.status === 502, evidence];
    }),
    await observe('lambda-read-only', async () => {
      const said: string[] = [];
      let areRefused = true;
      for (const what of ['status', 'body', 'via']) {
        const answer = await visit(`/viewer/${what}`);
        areRefused &&= answer.status === 502;
        said.push(`${what}: ${tell(answer)}`);
      }
      return [areRefused, `viewer-response changes ${said.join(', ')}`];
    }),
    await observe('lambda-loading', async () => {
      const answer = await visit('/loading/page');
      const evidence = `${LOADING_SECONDS} s of loading, with a timeout of ${TIMEOUT} s: ${tell(answer)}`;
      return [answer.status === 200, evidence];
    }),
  ];
}
