import { expect, test } from 'vitest';
import { createScratch } from '../../../../../controller/adapters/aws/probe/scratch.ts';

function failing(name: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error('no'), { name }));
}

test('the last goes first, whatever fails; what was gone is not told', async () => {
  const gone: string[] = [];
  const scratch = createScratch('probe', new AbortController().signal, 1);
  scratch.keep('bucket', async () => gone.push('bucket'));
  scratch.keep('role', failing('DeleteConflict'));
  scratch.keep('table', failing('ResourceNotFoundException'));
  scratch.keepForLater('replica', failing('InvalidParameterValue'));
  scratch.keep('object', async () => gone.push('object'));
  expect(await scratch.removeAll()).toEqual({
    left: ['role: DeleteConflict: no'],
    later: ['replica: InvalidParameterValue: no'],
  });
  expect(gone).toEqual(['object', 'bucket']);
});

test('after Ctrl-C nothing more is made, and what was noted goes', async () => {
  const end = new AbortController();
  const scratch = createScratch('probe', end.signal, 1);
  end.abort(new Error('interrupted'));
  let isGone = false;
  const keep = () => scratch.keep('bucket', async () => void (isGone = true));
  expect(keep).toThrow('interrupted');
  await scratch.removeAll();
  expect(isGone).toBe(true);
});

test('what was in use a moment ago is tried again', async () => {
  const refusals = ['FunctionInUse', 'OriginAccessControlInUse'];
  const scratch = createScratch('probe', new AbortController().signal, 1);
  scratch.keep('function', async () => {
    const name = refusals.pop();
    if (name !== undefined) await failing(name)();
  });
  expect(await scratch.removeAll()).toEqual({ left: [], later: [] });
  expect(refusals).toEqual([]);
});
