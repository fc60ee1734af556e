import { expect, test } from 'vitest';
import { refusalOf, refusalToOwner } from '../../../../../controller/adapters/aws/probe/observe.ts';
import { refusalInTheEnd } from '../../../../../controller/adapters/aws/probe/wait.ts';

function refuse(name: string, httpStatusCode?: number): Promise<never> {
  const $metadata = httpStatusCode === undefined ? undefined : { httpStatusCode };
  return Promise.reject(Object.assign(new Error(name), { name, $metadata }));
}

test('a refusal is an answer, and so is what AWS has not got', async () => {
  expect(await refusalOf(Promise.resolve('fine'))).toBeUndefined();
  expect(await refusalOf(refuse('AccessDenied', 403))).toMatchObject({ status: 403 });
  expect(await refusalToOwner(refuse('NotImplemented', 501))).toMatchObject({ status: 501 });
});

test.each([
  ['ECONNRESET', undefined],
  ['InternalError', 500],
  ['SlowDown', 503],
  ['ThrottlingException', 400],
] as const)('%s says nothing of the rule', async (name, status) => {
  await expect(refusalOf(refuse(name, status))).rejects.toThrow(name);
});

test.each(['AccessDenied', 'AccessDeniedException', 'ExpiredTokenException'])(
  "%s of whoever runs the probe is no rule of AWS' that doesn't hold",
  async (name) => {
    await expect(refusalToOwner(refuse(name, 400))).rejects.toThrow(`was refused: 400 ${name}`);
  },
);

test('a session that ended while a permission was waited for says nothing of the permission', async () => {
  const patience = { signal: new AbortController().signal, pause: 1, most: 1000 };
  const ask = () => refuse('ExpiredTokenException', 400);
  await expect(refusalInTheEnd(ask, patience)).rejects.toThrow('the session ended');
});
