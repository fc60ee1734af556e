import { expect, it } from 'vitest';
import { RAN } from '../../../../../../controller/adapters/aws/probe/lambda-edge/code.ts';
import { lookAtOrigin } from '../../../../../../controller/adapters/aws/probe/lambda-edge/origin-events.ts';

it('finds functions at the origin that run otherwise', async () => {
  let visits = 0;
  // Each answer is another one, from an origin that was asked without the function.
  const visit = async () => {
    visits += 1;
    const headers = { 'x-cache': 'RefreshHit from cloudfront', [RAN]: String(visits) };
    return { status: 200, headers, body: `page ${visits}` };
  };
  const { signal } = new AbortController();
  const measured = await lookAtOrigin({ visit, signal });
  expect(measured.map(({ outcome }) => outcome)).toEqual(measured.map(() => 'does not hold'));
  expect(measured[0]?.evidence).toBe(
    'origin-request on what had expired: did not run; origin-response on a 304: ran',
  );
});
