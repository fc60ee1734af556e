import { Worker } from 'node:worker_threads';
import { WORKER_SOURCE } from './worker-source.ts';

/** What an archive holds for its handler. */
export interface LambdaCode {
  /** `index.js` is CommonJS and stands alone; `index.mjs` may import the other files. */
  readonly entry: 'index.js' | 'index.mjs';
  readonly files: Readonly<Record<string, string>>;
}

/** What an execution environment is made of. */
export interface EnvironmentOptions {
  readonly code: LambdaCode;
  /** All environment variables the code sees. */
  readonly variables: Readonly<Record<string, string>>;
  /** Gets what the code prints: a call of the console as one entry, everything else by the line. */
  readonly log: (entry: string) => void;
}

/** One event for the code. */
export interface Task {
  readonly event: unknown;
  /** What the handler gets as its second argument. */
  readonly context: Readonly<Record<string, string>>;
  readonly limitMillis: number;
}

/** What Lambda tells the caller of a function that failed. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type TaskResult = (
  | { readonly kind: 'done'; readonly output: unknown; readonly heapBytes: number }
  | { readonly kind: 'failed'; readonly isTimeout: boolean; readonly error: FunctionError }
) & {
  /** What the code printed meanwhile. */
  readonly printed: readonly string[];
};

/** A thread with the loaded code. Its variables live as long as it does; it takes one event at a time. */
export interface Environment {
  run(task: Task): Promise<TaskResult>;
  /** Whether it can't take another event: it ended, or was stopped in the middle of one. */
  isBroken(): boolean;
  close(): Promise<void>;
}

type WorkerMessage =
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'loaded'; readonly failure?: FunctionError }
  | {
      readonly kind: 'answer';
      readonly output?: string;
      readonly error?: FunctionError;
      readonly heapBytes: number;
    };

/** Lambda allows this long for the code's top level, beside the time for an event. */
const LOAD_LIMIT_MILLIS = 10_000;

export function startEnvironment({ code, variables, log }: EnvironmentOptions): Environment {
  const worker = startWorker(code, variables);
  let isBroken = false;
  let entries: string[] = [];
  // It may also end between two events, by a timer that throws or process.exit().
  worker.on('error', () => (isBroken = true)).on('exit', () => (isBroken = true));
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind !== 'log') return;
    entries.push(message.text);
    log(message.text);
  });
  const receive = async (limitMillis: number) => {
    const received = await nextMessage(worker, limitMillis);
    isBroken ||= 'broken' in received;
    return received;
  };
  let loading: Promise<Received> | undefined = receive(LOAD_LIMIT_MILLIS);
  const run = async ({ event, context, limitMillis }: Task) => {
    const loaded = await loading;
    loading = undefined;
    const failure = loaded === undefined ? undefined : readFailure(loaded);
    isBroken ||= failure !== undefined;
    if (failure !== undefined) return failure;
    const deadline = Date.now() + limitMillis;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage({ event: JSON.stringify(event), context, deadline });
    return readAnswer(await receive(limitMillis));
  };
  return {
    isBroken: () => isBroken,
    async run(task) {
      const result = await run(task);
      const printed = entries;
      entries = [];
      return { ...result, printed };
    },
    async close() {
      await worker.terminate();
    },
  };
}

const MODULE_FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

function startWorker(code: LambdaCode, variables: Readonly<Record<string, string>>): Worker {
  return new Worker(WORKER_SOURCE, {
    eval: true,
    workerData: { code },
    env: { ...variables },
    // The flags of this process (a TypeScript loader, say) are none of the code's business.
    execArgv: code.entry === 'index.mjs' ? MODULE_FLAGS : [],
    // What the code prints comes as messages; nothing of it may reach this process' own output.
    stdout: true,
    stderr: true,
  });
}

type Outcome = Omit<Extract<TaskResult, { kind: 'done' }>, 'printed'> | Failure;
type Failure = Omit<Extract<TaskResult, { kind: 'failed' }>, 'printed'>;
type Received = Exclude<WorkerMessage, { kind: 'log' }> | Broken;

interface Broken {
  readonly broken: FunctionError;
  readonly isTimeout?: boolean;
}

/** What the thread says next; or how it ended without a word, or that it took too long. */
function nextMessage(worker: Worker, limitMillis: number): Promise<Received> {
  return new Promise((resolve) => {
    const finish = (result: WorkerMessage | Broken) => {
      if ('kind' in result && result.kind === 'log') return;
      clearTimeout(timer);
      worker.off('message', finish).off('error', fail).off('exit', end);
      resolve(result);
    };
    const fail = ({ name, message, stack = '' }: Error) =>
      finish({ broken: { errorType: name, errorMessage: message, trace: stack.split('\n') } });
    const end = () => {
      const errorMessage = 'Error: Runtime exited: the code ended its process';
      finish({ broken: { errorType: 'Runtime.ExitError', errorMessage } });
    };
    const timer = setTimeout(() => {
      void worker.terminate();
      const errorMessage = `Error: Task timed out after ${(limitMillis / 1000).toFixed(2)} seconds`;
      finish({ broken: { errorType: 'Sandbox.Timedout', errorMessage }, isTimeout: true });
    }, limitMillis);
    worker.on('message', finish).on('error', fail).on('exit', end);
  });
}

function readFailure(loaded: Received): Failure | undefined {
  if ('broken' in loaded) return failed(loaded.broken, loaded.isTimeout);
  const failure = loaded.kind === 'loaded' ? loaded.failure : undefined;
  return failure === undefined ? undefined : failed(failure);
}

function readAnswer(received: Received): Outcome {
  if ('broken' in received) return failed(received.broken, received.isTimeout);
  if (received.kind === 'loaded') throw new Error('The code was loaded twice.');
  const { output, error, heapBytes } = received;
  if (output !== undefined) return { kind: 'done', output: JSON.parse(output), heapBytes };
  return failed(error ?? { errorType: 'Error', errorMessage: 'The code gave no answer.' });
}

function failed(error: FunctionError, isTimeout = false): Failure {
  return { kind: 'failed', isTimeout, error };
}

/** A failure as one text for the log, with where it happened. */
export function describeFailure({ errorType, errorMessage, trace = [] }: FunctionError): string {
  return trace.length > 0 ? trace.join('\n') : `${errorType}: ${errorMessage}`;
}
