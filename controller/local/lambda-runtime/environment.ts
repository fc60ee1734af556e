import { Worker } from 'node:worker_threads';
import { WORKER_SOURCE } from './worker-source.ts';

/** What an execution environment is made of. */
export interface EnvironmentOptions {
  /** Of `index.js`: CommonJS. */
  readonly source: string;
  /** All environment variables the code sees. */
  readonly variables: Readonly<Record<string, string>>;
  /** Gets what the code prints, line by line. */
  readonly log: (line: string) => void;
}

/** One event for the code. */
export interface Task {
  readonly event: unknown;
  /** What the handler gets as its second argument. */
  readonly context: Readonly<Record<string, string>>;
  readonly limitMillis: number;
}

export type TaskResult =
  | { readonly kind: 'done'; readonly output: unknown; readonly heapBytes: number }
  | { readonly kind: 'failed'; readonly message: string };

/** A thread with the loaded code. Its variables live as long as it does; it takes one event at a time. */
export interface Environment {
  run(task: Task): Promise<TaskResult>;
  /** Whether it can't take another event: it ended, or was stopped in the middle of one. */
  isBroken(): boolean;
  close(): Promise<void>;
}

type WorkerMessage =
  | { readonly kind: 'loaded'; readonly failure?: string }
  | {
      readonly kind: 'answer';
      readonly output?: string;
      readonly error?: string;
      readonly heapBytes: number;
    };

/** Lambda allows this long for the code's top level, beside the time for an event. */
const LOAD_LIMIT_MILLIS = 10_000;

export function startEnvironment({ source, variables, log }: EnvironmentOptions): Environment {
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    workerData: { source },
    env: { ...variables },
    // The flags of this process (a TypeScript loader, say) are none of the code's business.
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trimEnd().split('\n')) log(line);
    });
  }
  let isBroken = false;
  // It may also end between two events, by a timer that throws or process.exit().
  worker.on('error', () => (isBroken = true)).on('exit', () => (isBroken = true));
  const receive = async (limitMillis: number) => {
    const received = await nextMessage(worker, limitMillis);
    isBroken ||= 'broken' in received;
    return received;
  };
  let loading: Promise<WorkerMessage | Broken> | undefined = receive(LOAD_LIMIT_MILLIS);
  return {
    isBroken: () => isBroken,
    async run({ event, context, limitMillis }) {
      const loaded = await loading;
      loading = undefined;
      const failure = loaded === undefined ? undefined : readFailure(loaded);
      isBroken ||= failure !== undefined;
      if (failure !== undefined) return { kind: 'failed', message: failure };
      const deadline = Date.now() + limitMillis;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage({ event: JSON.stringify(event), context, deadline });
      return readAnswer(await receive(limitMillis));
    },
    async close() {
      await worker.terminate();
    },
  };
}

interface Broken {
  readonly broken: string;
}

/** What the thread says next; or how it ended without a word, or that it took too long. */
function nextMessage(worker: Worker, limitMillis: number): Promise<WorkerMessage | Broken> {
  return new Promise((resolve) => {
    const finish = (result: WorkerMessage | Broken) => {
      clearTimeout(timer);
      worker.off('message', finish).off('error', fail).off('exit', end);
      resolve(result);
    };
    const fail = (error: Error) => finish({ broken: error.stack ?? error.message });
    const end = () => finish({ broken: 'the code ended its process' });
    const timer = setTimeout(() => {
      void worker.terminate();
      finish({ broken: `timed out after ${(limitMillis / 1000).toFixed(2)} seconds` });
    }, limitMillis);
    worker.on('message', finish).on('error', fail).on('exit', end);
  });
}

function readFailure(loaded: WorkerMessage | Broken): string | undefined {
  if ('broken' in loaded) return loaded.broken;
  return loaded.kind === 'loaded' ? loaded.failure : undefined;
}

function readAnswer(received: WorkerMessage | Broken): TaskResult {
  if ('broken' in received) return { kind: 'failed', message: received.broken };
  if (received.kind === 'loaded') return { kind: 'failed', message: 'the code was loaded twice' };
  const { output, error, heapBytes } = received;
  if (output === undefined) return { kind: 'failed', message: error ?? '' };
  return { kind: 'done', output: JSON.parse(output) as unknown, heapBytes };
}
