import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Client, Job } from './clients.ts';
import type { Remote } from './remote.ts';
import type { Counts } from './stand-in/stand-in.ts';

export interface Run extends Counts {
  readonly wall: number;
  /** User and system time of the command and what it started, in seconds. */
  readonly cpu: number;
  /** Undefined where nothing tells (no /proc). */
  readonly peakMegabytes: number | undefined;
  readonly standInCpu: number;
  /** What others used of the processors meanwhile, in seconds. */
  readonly otherCpu: number;
  /** Why it counts for nothing. */
  readonly failure: string | undefined;
}

const SAMPLE_MILLISECONDS = 20;
/** The shell's own clock: it begins when the command does, and counts what is waited for. */
const TIMED = `TIMEFORMAT='%R %U %S'; time { "$@" >/dev/null 2>"$0" 3>&- & echo $! >&3; wait $!; }`;

/** One run of a client against a stand-in that has just been reset. */
export async function measureRun(
  client: Client,
  job: Job,
  { remote, log }: { remote: Remote; log: string },
): Promise<Run> {
  const before = await remote.tell({ kind: 'reset' });
  const busy = await readBusy();
  const child = spawn('bash', ['-c', TIMED, log, ...client.command(job)], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...client.environment(job) },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const watch = watchMemory(child.stdio[3] as Readable);
  const [times, [code]] = await Promise.all([
    text(child.stderr as Readable),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const peakMegabytes = watch.end();
  const after = await remote.tell({ kind: 'counts' });
  const [wall = 0, user = 0, system = 0] = times.trim().split(/\s+/).slice(-3).map(Number);
  const { port: _port, cpu: _cpu, ...counts } = after;
  const standInCpu = after.cpu - before.cpu;
  const all = (await readBusy()) - busy;
  return {
    ...counts,
    wall,
    cpu: user + system,
    peakMegabytes,
    standInCpu,
    otherCpu: Math.max(0, all - user - system - standInCpu),
    failure: code === 0 ? undefined : `exit code ${code}: ${await readStart(log)}`,
  };
}

async function readStart(log: string): Promise<string> {
  return (await readFile(log, 'utf8')).trim().slice(0, 300);
}

/** Seconds that all processors were busy, this process left out: it samples and waits. */
async function readBusy(): Promise<number> {
  const own = process.cpuUsage();
  const mine = (own.user + own.system) / 1e6;
  try {
    const [, user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = (
      await readFile('/proc/stat', 'utf8')
    )
      .split('\n', 1)
      .join('')
      .split(/\s+/)
      .map(Number);
    return (user + nice + system + irq + soft + steal) / 100 - mine;
  } catch {
    // Not Linux: node's own sum is of the same kind.
    const times = cpus().map((one) => one.times);
    return (
      times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0) / 1000 -
      mine
    );
  }
}

/** Of the one process whose id the shell tells; its high-water mark is the kernel's, so little is lost between looks. */
function watchMemory(told: Readable): { readonly end: () => number | undefined } {
  let peak: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  told.once('data', (pid: Buffer) => {
    timer = setInterval(() => {
      peak = readPeak(pid.toString().trim()) ?? peak;
    }, SAMPLE_MILLISECONDS);
  });
  return {
    end() {
      clearInterval(timer);
      return peak;
    },
  };
}

function readPeak(pid: string): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    // It has just ended, or there is no /proc: what was seen stays.
    return undefined;
  }
}
