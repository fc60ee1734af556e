import * as load from '../../../../../controller/adapters/aws/load-clients.ts';
import type { ProbeClients } from '../../../../../controller/adapters/aws/probe/clients.ts';
import type { MeasurePart } from '../../../../../controller/adapters/aws/probe/part-run.ts';
import { createScratch } from '../../../../../controller/adapters/aws/probe/scratch.ts';
import { createProbe } from '../../../../../controller/adapters/http/probe.ts';
import type { Measured } from '../../../../../controller/core/doctor/probe/statement.ts';

const REGION = 'us-east-1';

/** One part of the probe, with the clients of this environment, and what it left. */
export async function measurePart(part: MeasurePart, edgeUrl: string) {
  const { signal } = new AbortController();
  const scratch = createScratch('headgate-probe-test', signal, 500);
  const measured: Measured[] = [];
  const times: number[] = [];
  const clients = await createProbeClients();
  const run = part(clients, {
    scratch,
    parts: [],
    writes: 2,
    minute: 500,
    visitor: createProbe(edgeUrl),
    signal,
    say: () => {},
    add: (...more) => void measured.push(...more),
    took: (more) => void times.push(...more),
  });
  // What a failed part made goes all the same.
  const ended = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  const remains = await scratch.removeAll();
  if (ended !== undefined) throw ended;
  return { measured, times, clients, ...remains };
}

async function createProbeClients(): Promise<ProbeClients> {
  return {
    s3: await load.createS3(REGION),
    ssm: await load.createSsm(REGION),
    sts: await load.createSts(),
    cloudfront: await load.createCloudFront(),
    keyValueStore: await load.createKeyValueStore(),
    iam: await load.createIam(),
    lambda: await load.createLambda(),
    logs: await load.createLogs(),
    cloudwatch: await load.createCloudWatch(REGION),
    events: await load.createEventBridge(REGION),
    stacks: await load.createCloudFormation(REGION),
  };
}
