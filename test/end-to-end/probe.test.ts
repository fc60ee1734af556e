import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctor } from '../../controller/commands/doctor.ts';
import type { Row } from '../../controller/core/doctor/probe/report.ts';
import { listen } from '../../controller/local/http/listen.ts';
import { listAccount } from '../controller/commands/bootstrap/inventory.ts';
import { full, tellSkipped } from '../depth.ts';
import { forward } from './forward.ts';
import { runInProcess } from './run-in-process.ts';
import { createEmptySetting, type Setting } from './setting.ts';

tellSkipped('doctor --probe on the local cloud');

let setting: Setting;
beforeEach(async () => {
  // Slow enough that a store is seen before it is ready.
  setting = await createEmptySetting({ speed: 5 });
});
afterEach(() => setting.close());

async function probe(endpoint = setting.cloud.endpoint) {
  const { cloud, directory } = setting;
  const report = join(directory, 'report.md');
  const environment = {
    ...cloud.environment,
    AWS_ENDPOINT_URL: endpoint,
    HEADGATE_EDGE_ENDPOINT: cloud.edgeUrl,
  };
  const there = { ...setting, cloud: { ...cloud, environment } };
  const args = ['--probe', '--yes', '--writes', '3', '--report', report];
  const ran = await runInProcess(there, doctor, { args });
  const text = await readFile(join(directory, 'report.json'), 'utf8');
  const { statements, propagation } = JSON.parse(text) as {
    readonly statements: readonly Row[];
    readonly propagation: readonly number[];
  };
  const outcomes = Object.fromEntries(statements.map((one) => [one.id, one]));
  return { ...ran, outcomes, propagation, markdown: await readFile(report, 'utf8') };
}

/** Another AWS: `change` says what it answers instead, undefined: as the local cloud does. */
async function startOther(
  change: (incoming: IncomingMessage, status: number) => Reply | undefined,
) {
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await buffer(incoming);
    const answer = await forward(setting.cloud.endpoint, incoming, body);
    const other = change(incoming, answer.status);
    outgoing
      .writeHead(other?.status ?? answer.status, other?.headers ?? answer.headers)
      .end(other?.body ?? answer.body);
  };
  const server = await listen(0, () =>
    createServer((incoming, outgoing) => void pass(incoming, outgoing)),
  );
  return { endpoint: `http://localhost:${server.port}`, close: () => server.close() };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const VALIDATION = {
  status: 400,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ValidationException' },
  body: '{"Message":"another ETag"}',
};

describe.skipIf(!full)('doctor --probe', () => {
  it('finds all that the local cloud says of AWS, and leaves nothing', async () => {
    const before = await listAccount(setting);
    const { code, outcomes, propagation, markdown, stderr } = await probe();
    const measured = Object.values(outcomes).filter(({ how }) => how !== '');
    const wrong = measured.filter(({ outcome }) => outcome !== 'holds');
    expect(wrong, stderr).toEqual([]);
    expect(measured.length).toBeGreaterThan(10);
    expect(code).toBe(0);
    expect(propagation).toHaveLength(3);
    expect(markdown).toMatch(/p50 \d+ ms, p95 \d+ ms of 3 writes, seen from one place/);
    expect(await listAccount(setting)).toEqual(before);
  }, 120_000);

  it('finds an AWS that does otherwise, and one that refuses', async () => {
    const before = await listAccount(setting);
    const other = await startOther((incoming, status) => {
      const isData = incoming.url?.includes('/key-value-stores/') === true;
      if (isData && status === 409 && incoming.method === 'PUT') return VALIDATION;
      const target = String(incoming.headers['x-amz-target']);
      return target.endsWith('.GetParameter') ? { ...VALIDATION, status: 400 } : undefined;
    });
    const { code, outcomes } = await probe(other.endpoint);
    await other.close();
    expect(code).toBe(3);
    expect(outcomes['store-stale-etag']).toMatchObject({
      outcome: 'does not hold',
      evidence: '400 ValidationException',
    });
    expect(outcomes['parameter-consistent']?.outcome).toBe('could not be measured');
    expect(outcomes['response-sees-request']?.outcome).toBe('holds');
    expect(await listAccount(setting)).toEqual(before);
  }, 120_000);
});

describe.skipIf(!full)('doctor --probe, interrupted', () => {
  it('takes away what it made until then', async () => {
    const before = await listAccount(setting);
    const other = await startOther((incoming) => {
      const isDistribution = incoming.url?.endsWith('/distribution') === true;
      // As Ctrl-C, while CloudFront makes the distribution.
      if (isDistribution && incoming.method === 'POST') process.emit('SIGINT', 'SIGINT');
      return undefined;
    });
    const { code, outcomes } = await probe(other.endpoint);
    await other.close();
    expect(code).toBe(130);
    expect(outcomes['parameter-consistent']?.outcome).toBe('holds');
    expect(outcomes['path-as-sent']?.evidence).toBe('the probe ended before');
    expect(await listAccount(setting)).toEqual(before);
  }, 60_000);
});

it('says what it makes and costs, and makes nothing without --yes', async () => {
  const { code, stdout } = await runInProcess(setting, doctor, { args: ['--probe'] });
  expect(code).toBe(0);
  expect(stdout).toMatch(/costs \$\d+\.\d\d at most/);
  expect(stdout).toContain('Add --yes to do it.');
});
