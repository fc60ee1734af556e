import { randomUUID } from 'node:crypto';
import { openCollection } from '../keyvaluestore/collection.ts';
import type { LambdaRuntime } from '../lambda-runtime/runtime.ts';
import type { CloudClock, Disk } from '../service.ts';
import { versionsOf } from './function.ts';
import { composeArn, type LambdaFunctions } from './function-store.ts';

export interface AsyncOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  readonly functions: LambdaFunctions;
  readonly invoke: LambdaRuntime['invoke'];
  readonly log: (line: string) => void;
}

/** An event for a function, by the function's or a version's ARN. */
export interface AsyncEvent {
  readonly arn: string;
  readonly event: unknown;
  readonly requestId: string;
}

/** Lambda's own queue: events that nobody waits for. */
export interface AsyncInvocations {
  /** It is on disk when this returns: a cloud that is killed runs it when it is back. */
  add(event: AsyncEvent): void;
  /** What was not finished is run by the cloud that is next opened. */
  close(): void;
}

interface Queued extends AsyncEvent {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly accepted: number;
  readonly due: number;
  /** Runs that failed. */
  readonly failures: number;
  /** Times that the function was not there to be run. */
  readonly delays: number;
}

/** After the first failed run and after the second; after the third the event is dropped. */
const RETRY_SECONDS = [60, 120];
const AGE_LIMIT_SECONDS = 6 * 3600;
const LONGEST_DELAY_SECONDS = 300;
const TICK_MILLIS = 1000;

export function openAsyncInvocations(options: AsyncOptions): AsyncInvocations {
  const { disk, clock } = options;
  const queue = openCollection<Queued>(disk, 'lambda/events');
  const running = new Set<string>();
  let isClosed = false;
  const now = () => clock.now().getTime();
  const start = async (queued: Queued) => {
    running.add(queued.id);
    const next = await attempt(options, queued).catch((error: unknown) => {
      options.log(`${queued.arn} ${String(error)}`);
      return undefined;
    });
    running.delete(queued.id);
    // Ended in the middle by the cloud's end, it counts as not run.
    if (isClosed) return;
    if (next === undefined) queue.remove(queued.id);
    else queue.set(queued.id, next);
  };
  const startDue = () => {
    for (const queued of queue.values()) {
      if (!isClosed && !running.has(queued.id) && queued.due <= now()) void start(queued);
    }
  };
  const timer = setInterval(startDue, Math.max(10, TICK_MILLIS / clock.speed)).unref();
  return {
    add(event) {
      const accepted = now();
      const id = randomUUID();
      const queued = { ...event, id, accepted, due: accepted, failures: 0, delays: 0 };
      queue.set(id, queued);
      void start(queued);
    },
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

/** Runs the event once; what is left to do, or undefined when it is over. */
async function attempt(options: AsyncOptions, queued: Queued): Promise<Queued | undefined> {
  const { clock, functions, invoke, log } = options;
  const { arn, event, requestId, accepted, failures, delays } = queued;
  const later = (seconds: number, change: Partial<Queued>) => {
    const due = clock.now().getTime() + (seconds * 1000) / clock.speed;
    if (due - accepted <= (AGE_LIMIT_SECONDS * 1000) / clock.speed) {
      return { ...queued, ...change, due };
    }
    log(`${arn} ${requestId} dropped: it is older than ${AGE_LIMIT_SECONDS} s`);
    return undefined;
  };
  const [, , , region = '', , , name = '', number] = arn.split(':');
  const record = functions.get(region, name);
  const version = record && versionsOf(record).find((one) => one.version === (number ?? '$LATEST'));
  if (record === undefined || version === undefined) {
    log(`${arn} ${requestId} dropped: there is no such function`);
    return undefined;
  }
  if (!functions.isSettled(Math.max(record.created, version.modified))) {
    return later(Math.min(2 ** delays, LONGEST_DELAY_SECONDS), { delays: delays + 1 });
  }
  const run = { arn: composeArn(record, version.version), version, event, requestId };
  const result = await invoke(run);
  if (result.kind === 'done') return undefined;
  const pause = RETRY_SECONDS[failures];
  if (pause !== undefined) return later(pause, { failures: failures + 1 });
  log(`${arn} ${requestId} dropped after ${failures + 1} attempts: ${result.error.errorMessage}`);
  return undefined;
}
