import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startProxy, type Write } from './proxy.ts';

const CLI = join(import.meta.dirname, '../../dist/cli.js');
/** A process that lives for a second spends a fifth of it on the optimising compiler. */
const FOR_A_SECOND = ['--no-opt'];

/** Called around every write of a command; `kill` ends it on the spot, as a power cut would. */
export type Hook = (
  moment: 'before' | 'after',
  write: Write,
  kill: () => Promise<void>,
) => Promise<void> | void;

export interface Result {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every request of it that changed something, or was to, in order. */
  readonly writes: readonly string[];
  /** Every request, by the IAM action it needs, as they were answered. */
  readonly calls: readonly string[];
}

/** Runs `headgate <args>` as a process of its own, with a recording proxy between it and the cloud. */
export async function runCommand(
  args: readonly string[],
  options: {
    readonly directory: string;
    /** The proxy takes the place of the cloud's own `AWS_ENDPOINT_URL`; another one stays. */
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly endpoint: string;
    readonly hook?: Hook | undefined;
  },
): Promise<Result> {
  const { directory, environment, endpoint, hook } = options;
  let alive = true;
  const kill = async () => {
    child.kill('SIGKILL');
    if (alive) await exit;
  };
  const proxy = await startProxy(endpoint, async (moment, write) => {
    await hook?.(moment, write, kill);
    return alive;
  });
  const isOurs = environment['AWS_ENDPOINT_URL'] === endpoint;
  const child = spawn(process.execPath, [...FOR_A_SECOND, CLI, ...args], {
    cwd: directory,
    env: { ...environment, ...(isOurs && { AWS_ENDPOINT_URL: proxy.endpoint }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit').then(([code]) => {
    alive = false;
    return code as number | null;
  });
  const [code, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  await proxy.close();
  const calls = proxy.calls.map(({ action }) => action);
  return { code, stdout, stderr, writes: proxy.writes, calls };
}

/** The hook that kills a command at its nth write. */
export function killAt(nth: number, when: 'before' | 'after'): Hook {
  return async (moment, write, kill) => {
    if (moment === when && write.nth === nth) await kill();
  };
}
