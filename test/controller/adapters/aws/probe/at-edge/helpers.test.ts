import { expect, it } from 'vitest';
import { lookAtHelpers } from '../../../../../../controller/adapters/aws/probe/at-edge/helpers.ts';
import { SEEN } from '../../../../../../controller/adapters/aws/probe/at-edge/code.ts';

const FINE = { status: 200, headers: { [SEEN]: '||||||accepted' }, body: 'other' };

async function look(answers: Readonly<Record<string, number>>) {
  const visit = async (path: string) => ({ ...FINE, status: answers[path] ?? FINE.status });
  const measured = await lookAtHelpers(visit, 'headgate-probe-test');
  return Object.fromEntries(measured.map((one) => [one.id, one]));
}

it('finds helpers that throw nothing, and servers asked without the path', async () => {
  const found = await look({});
  expect(found['helper-throws']).toEqual({
    id: 'helper-throws',
    outcome: 'does not hold',
    evidence:
      'an unknown origin: accepted, another form: accepted, viewer-response: accepted; not caught: 200',
  });
  expect(found['helper-last-wins']?.outcome).toBe('does not hold');
  expect(found['helper-access-control']?.outcome).toBe('does not hold');
  expect(found['server-origin-path']?.outcome).toBe('does not hold');
});

it('tells a server that is slow to refuse from one without an address', async () => {
  const found = await look({ '/call/nobody': 502, '/call/closed': 504 });
  expect(found['server-down']?.outcome).toBe('does not hold');
  expect(found['server-down']?.evidence).toContain('a port where nobody listens: 504');
});

it('says nothing of what a server was asked that was never reached', async () => {
  const found = await look({ '/call/inherited': 502, '/call/server': 502, '/path/server': 502 });
  expect(found['helper-access-control']?.outcome).toBe('could not be measured');
  expect(found['server-origin-path']?.outcome).toBe('could not be measured');
});
