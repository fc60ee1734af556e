import { expect, it } from 'vitest';
import { SEEN } from '../../../../../../controller/adapters/aws/probe/at-edge/code.ts';
import { timeWrites } from '../../../../../../controller/adapters/aws/probe/at-edge/spread.ts';

/** Answers with these values of the two keys, one after the other. */
function answering(...pairs: (readonly [written: string, twin: string])[]) {
  const left = [...pairs];
  return async () => {
    const [written = '', twin = ''] = left.shift() ?? [];
    return { status: 200, headers: { [SEEN]: `/page|||${written}|${twin}||` }, body: '' };
  };
}

const order = {
  store: { arn: 'arn', put: async () => {} },
  writes: 1,
  say: () => {},
};

it('sees a write of which one key comes first', async () => {
  const visit = answering(['', '1'], ['1', '1'], ['1', '1']);
  const { measured, times } = await timeWrites({ ...order, visit });
  expect(measured.outcome).toBe('does not hold');
  expect(measured.evidence).toMatch(/of 2 answers, from one place, 1 had one key/);
  expect(times).toHaveLength(1);
});

it('sees an older answer after a newer one', async () => {
  const { measured } = await timeWrites({ ...order, visit: answering(['1', '1'], ['', '']) });
  expect(measured.outcome).toBe('does not hold');
});
