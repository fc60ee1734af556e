import type { CloudClock } from '../../service.ts';
import type { Records } from '../records.ts';
import type { Clients } from '../resources/clients.ts';
import type { Types } from '../template/validate.ts';
import { carryOut } from './operation.ts';
import { Interrupted, setStack, type Run } from './run.ts';

export interface EngineOptions {
  readonly records: Records;
  readonly clock: CloudClock;
  readonly log: (line: string) => void;
  /** Loaded when the first stack needs them. */
  readonly load: () => Promise<{ readonly types: Types; clientsOf(region: string): Clients }>;
}

/** What carries out the operations of stacks, behind the requests that begin them. */
export interface Engine {
  /** Begins, or goes on with, the operation that the stack's record has. */
  start(uuid: string): void;
  /** Returns when nothing is being asked of any service; the next start goes on. */
  close(): Promise<void>;
}

export function createEngine({ records, clock, log, load }: EngineOptions): Engine {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const work = async (uuid: string) => {
    const { types, clientsOf } = await load();
    const stack = records.stacks.get(uuid);
    if (stack?.operation === undefined || stop.signal.aborted) return;
    const { operation, region } = stack;
    const clients = clientsOf(region);
    const run: Run = { uuid, operation, records, types, clients, clock, signal: stop.signal };
    try {
      await carryOut(run);
    } catch (error) {
      if (error instanceof Interrupted) return;
      // A fault of this program, not of a resource: nobody shall wait for what will never come.
      log(`CloudFormation failed at ${stack.id}: ${describe(error)}`);
      const reason = `Internal failure: ${String(error)}`;
      setStack(run, FAILURES[operation.kind], { operation: undefined, reason });
    }
  };
  return {
    start(uuid) {
      const one = work(uuid);
      running.add(one);
      void one.finally(() => running.delete(one));
    },
    async close() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

const FAILURES = {
  create: 'CREATE_FAILED',
  update: 'UPDATE_ROLLBACK_FAILED',
  delete: 'DELETE_FAILED',
} as const;

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
