import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import type { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Measured } from '../../../core/doctor/probe/statement.ts';
import type { MeasureOrder, Measurements } from '../../../ports/measurements.ts';
import { measureBucket } from './bucket.ts';
import { measureEdge } from './edge.ts';
import { measureParameter } from './parameter.ts';
import { createScratch, type Scratch } from './scratch.ts';
import { measureStore } from './store.ts';

export interface ProbeClients {
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  readonly cloudfront: CloudFrontClient;
  readonly keyValueStore: CloudFrontKeyValueStoreClient;
}

export function createMeasurements(clients: ProbeClients): Measurements {
  return {
    async measure(order) {
      const { Account: account } = await clients.sts.send(new GetCallerIdentityCommand({}));
      const scratch = createScratch(order.name);
      const found: Found = { measured: [], propagation: [] };
      try {
        await lookUntilAborted(clients, { scratch, order, found });
      } catch (error) {
        // What was measured until then counts, and the report says what was not.
        order.say(`gave up: ${String(error)}`);
      }
      order.say('taking away what was made');
      const left = await scratch.removeAll();
      return { account: String(account), ...found, left };
    },
  };
}

interface Run {
  readonly scratch: Scratch;
  readonly order: MeasureOrder;
  readonly found: Found;
}

/** What was asked for last may be made all the same: it is given the time to be known, and so to go again. */
const LAST_ANSWER_MILLISECONDS = 5000;

async function lookUntilAborted(clients: ProbeClients, run: Run): Promise<void> {
  const { signal } = run.order;
  const say = (line: string) => {
    signal.throwIfAborted();
    run.order.say(line);
  };
  const looking = lookAtAll(clients, { ...run, order: { ...run.order, say } });
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([looking, aborted]);
  if (!signal.aborted) return;
  await Promise.race([looking, sleep(LAST_ANSWER_MILLISECONDS)]);
  throw new Error('interrupted');
}

interface Found {
  measured: readonly Measured[];
  propagation: readonly number[];
}

/** Fills `found` as it goes: a later part that fails takes nothing from it. */
async function lookAtAll(clients: ProbeClients, { scratch, order, found }: Run): Promise<void> {
  const { say, writes, visitor } = order;
  const add = (more: readonly Measured[]) => {
    found.measured = [...found.measured, ...more];
  };
  say('S3');
  add(await measureBucket(clients.s3, scratch));
  say('SSM');
  add(await measureParameter(clients.ssm, scratch));
  say('KeyValueStore');
  const { store, measured } = await measureStore(clients, scratch);
  add(measured);
  say('CloudFront: a distribution takes minutes to be there, and again to go');
  const edge = await measureEdge({ ...clients, visitor }, scratch, { store, writes, say });
  add(edge.measured);
  found.propagation = edge.propagation;
}
