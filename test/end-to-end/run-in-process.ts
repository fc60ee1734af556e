import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command } from '../../controller/commands/command.ts';
import type { MeasureOrder } from '../../controller/ports/measurements.ts';
import { createContext } from '../../controller/context.ts';
import { exitCodeOf, explainError } from '../../controller/core/report/failure.ts';
import { type Policy, writePolicy } from './policy.ts';
import type { Setting } from './setting.ts';

interface RanInProcess {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Asked {
  readonly args: readonly string[];
  readonly policy?: Policy;
  /** Of the setting's cloud: the command waits as much faster. */
  readonly speed?: number;
}

/** The same edge code for every run: a run of its own finds it kept beside the command line. */
const { bundler, clock } = createContext();

/**
 * `headgate <name> <args>` with the real adapters against a setting's cloud, in this process, which costs a tenth of
 * one of its own. One at a time: it borrows the environment.
 */
export async function runInProcess(
  setting: Setting,
  command: Command,
  { args, policy, speed = 1 }: Asked,
): Promise<RanInProcess> {
  const directory = await mkdtemp(join(setting.directory, 'here-'));
  if (policy) await writePolicy(directory, policy);
  const where = policy ? ['--policies', join(directory, 'policies')] : [];
  const { options, allowPositionals = false } = command;
  const parsed = parseArgs({ args: [...args, ...where], options, allowPositionals, strict: true });
  const { positionals, values } = parsed;
  const out: string[] = [];
  const said: string[] = [];
  const real = createContext();
  const { measurements } = real;
  const context = {
    ...real,
    measurements: {
      measure: (order: MeasureOrder) =>
        measurements.measure({ ...order, minute: order.minute / speed }),
    },
    bundler,
    clock: {
      ...clock,
      sleep: (milliseconds: number, signal?: AbortSignal) =>
        clock.sleep(milliseconds / speed, signal),
    },
    surroundings: NO_GIT,
    terminal: {
      interactive: false,
      print: (text: string) => void out.push(text),
      note: (text: string) => void said.push(text),
      progress: () => {},
      summary: async () => {},
    },
  };
  const end = (code: number) => ({ code, stdout: out.join('\n'), stderr: said.join('\n') });
  const restore = borrow({ ...setting.cloud.environment, AWS_EC2_METADATA_DISABLED: 'true' });
  try {
    const single = values as Record<string, string | boolean>;
    return end(await command.run({ positionals, values: single }, context));
  } catch (error) {
    said.push(explainError(error));
    return end(exitCodeOf(error));
  } finally {
    restore();
  }
}

/** This process stands in a checkout of ours, which says nothing of these builds. */
const NO_GIT = {
  facts: async () => ({ by: 'tester', commit: undefined }),
  source: async () => ({}),
  committedAt: async () => undefined,
  github: async () => undefined,
};

function borrow(environment: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  return () => {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  };
}
