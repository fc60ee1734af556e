import { expect, it, vi } from 'vitest';
import { readSeen, SEEN } from '../../../../../../controller/adapters/aws/probe/at-edge/code.ts';
import { compareTests } from '../../../../../../controller/adapters/aws/probe/at-edge/function-tests.ts';

it('tells a test that never sees a write from one that is slow', async () => {
  let written = '';
  const tell = () => `/page|||${written}|||function|`;
  const put = async (values: Readonly<Record<string, string>>) => {
    written = String(values['written']);
  };
  const request = {
    arn: 'arn',
    test: async () => ({ error: '', utilization: 0, seen: readSeen('/page||||||') }),
    publish: vi.fn(),
    write: vi.fn(),
  };
  const visit = async () => ({ status: 200, headers: { [SEEN]: tell() }, body: '' });
  const ground = { request, store: { arn: 'arn', put }, visit, minute: 1 };
  const [, delay] = await compareTests(ground);
  expect(delay?.outcome).toBe('does not hold');
  expect(delay?.evidence).toContain('the test after minutes not yet, the edge after 0.0 s');
});
