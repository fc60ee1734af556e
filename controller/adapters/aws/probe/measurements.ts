import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { judgeWrites } from '../../../core/doctor/probe/judge-writes.ts';
import type { PartName } from '../../../core/doctor/probe/part.ts';
import type { Ended, Measured } from '../../../core/doctor/probe/statement.ts';
import type { MeasureOrder, Measurements } from '../../../ports/measurements.ts';
import type { ProbeClients } from './clients.ts';
import { findLeftOvers, removeAgain } from './left-overs.ts';
import type { PartRun } from './part-run.ts';
import { MEASURE } from './parts.ts';
import { createScratch } from './scratch.ts';

export function createMeasurements(clients: ProbeClients): Measurements {
  return {
    async measure(order) {
      const { Account: account } = await clients.sts.send(new GetCallerIdentityCommand({}));
      const earlier = await findLeftOvers(clients, order);
      const found: Found = { measured: [], ended: [], propagation: [], left: [], later: [] };
      // Each part waits in more than one place.
      setMaxListeners(0, order.signal);
      // Side by side: a part does little but wait for AWS.
      const [leftOvers] = await Promise.all([
        removeAgain(earlier, order.signal),
        ...order.parts.map((part) => measurePart(clients, { part, order, found })),
      ]);
      return { account: String(account), ...found, leftOvers };
    },
  };
}

/** Filled on the way: a part that fails takes nothing from it. */
interface Found {
  readonly measured: Measured[];
  readonly ended: Ended[];
  readonly propagation: number[];
  readonly left: string[];
  readonly later: string[];
}

interface One {
  readonly part: PartName;
  readonly order: MeasureOrder;
  readonly found: Found;
}

async function measurePart(clients: ProbeClients, one: One): Promise<void> {
  const { part, order, found } = one;
  const scratch = createScratch(`${order.name}-${part}`, order.signal, order.minute);
  const say = (line: string) => order.say(`${part}: ${line}`);
  const run: PartRun = {
    ...order,
    scratch,
    say(line) {
      order.signal.throwIfAborted();
      say(line);
    },
    add: (...measured) => void found.measured.push(...measured),
    took(times) {
      found.propagation.push(...times);
      found.measured.push(judgeWrites(times, order.writes));
    },
  };
  try {
    await untilAborted(MEASURE[part](clients, run), order.signal);
  } catch (error) {
    found.ended.push({ part, why: String(error) });
    say(`gave up: ${String(error)}`);
  }
  say('taking away what was made');
  const { left, later } = await scratch.removeAll();
  found.left.push(...left);
  found.later.push(...later);
  say('done');
}

/** What was asked for last may be made all the same: it is given the time to be known, and so to go again. */
const LAST_ANSWER_MILLISECONDS = 5000;

async function untilAborted(looking: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([looking, aborted]);
  if (!signal.aborted) return;
  await Promise.race([looking.catch(() => {}), sleep(LAST_ANSWER_MILLISECONDS)]);
  throw new Error('interrupted');
}
