import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, it } from 'vitest';
import type { ProbeClients } from '../../../../../controller/adapters/aws/probe/clients.ts';
import {
  findLeftOvers,
  removeAgain,
} from '../../../../../controller/adapters/aws/probe/left-overs.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-22T20:00:00Z');

function nameOf(time: number): string {
  return `headgate-probe-${time.toString(36)}`;
}

it("removes what is the probe's by its whole name, and older than any run", async () => {
  const own = `${nameOf(NOW - 4 * HOUR)}-edge-printing`;
  // Of a run that may not have ended, of a part that makes none, and somebody else's.
  const young = `${nameOf(NOW - HOUR)}-edge-printing`;
  const others = [`${nameOf(NOW - 4 * HOUR)}-stacks-printing`, 'headgate-probe-of-ours-edge'];
  const groups = [own, young, ...others].map((name) => `/aws/cloudfront/function/${name}`);
  const removed: unknown[] = [];
  const send = async (command: { readonly input: unknown }) => {
    if (command instanceof DeleteLogGroupCommand) removed.push(command.input.logGroupName);
    return { logGroups: groups.map((logGroupName) => ({ logGroupName })) };
  };
  const logs = Object.assign(new CloudWatchLogsClient({ region: 'us-east-1' }), { send });
  const { signal } = new AbortController();
  const said: string[] = [];
  const found = await findLeftOvers({ logs } as unknown as ProbeClients, {
    name: nameOf(NOW),
    parts: ['edge'],
    writes: 1,
    minute: 1,
    say: (line) => void said.push(line),
    signal,
    visitor: { get: () => Promise.reject(new Error('nobody visits')) },
  });
  expect(said.filter((line) => line.startsWith('left by'))).toHaveLength(2);
  expect(await removeAgain(found, signal)).toEqual([`log group ${groups[1]}`]);
  expect(removed).toEqual([groups[0]]);
});
