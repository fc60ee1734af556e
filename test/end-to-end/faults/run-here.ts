import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../../../controller/commands/command.ts';
import { reconcile } from '../../../controller/commands/reconcile.ts';
import { rollback } from '../../../controller/commands/rollback.ts';
import { createContext } from '../../../controller/context.ts';
import { type ExitCode, HeadgateError } from '../../../controller/core/errors.ts';
import { type Policy, writePolicy } from '../policy.ts';
import type { Setting } from '../setting.ts';

/** The SDK waits for tenths of a second and more before it tries again; here for hundredths. */
const FASTER = 25;

export interface Here {
  readonly setting: Setting;
  readonly endpoint: string;
  readonly policy: Policy;
  readonly isRollback: boolean;
}

/** The same edge code for every run: a run of its own finds it kept beside the command line. */
const { bundler } = createContext();

/** How it ended, and what a person would have read on the way. */
export interface RanHere {
  readonly code: ExitCode;
  readonly said: string;
}

/**
 * A command with the real adapters and the real SDK, in this process: a process of its own for each of
 * hundreds of runs would take an hour. One at a time: it borrows the environment.
 */
export async function runHere({ setting, endpoint, policy, isRollback }: Here): Promise<RanHere> {
  const said: string[] = [];
  const note = (text: string) => void said.push(text);
  const directory = await mkdtemp(join(setting.directory, 'here-'));
  await writePolicy(directory, policy);
  const command = isRollback ? rollback : reconcile;
  const values = { ...defaultsOf(command), policies: join(directory, 'policies') };
  const environment = {
    ...setting.cloud.environment,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: directory,
  };
  const restore = borrow(environment);
  try {
    const positionals = isRollback ? ['shop', 'prod'] : [];
    const context = {
      ...createContext(),
      bundler,
      terminal: { ...SILENT, note },
      surroundings: NO_GIT,
    };
    const code = await command.run({ positionals, values }, context);
    return { code, said: said.join('\n') };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return { code: error.exitCode, said: [...said, error.message].join('\n') };
  } finally {
    restore();
  }
}

/** This process stands in a checkout of ours, which says nothing of these policies. */
const NO_GIT = {
  facts: async () => ({ by: 'tester', commit: '0123456789abcdef0123456789abcdef01234567' }),
  source: async () => ({}),
  committedAt: async () => undefined,
  github: async () => undefined,
};

const SILENT = {
  interactive: false,
  print: () => {},
  note: () => {},
  progress: () => {},
  summary: async () => {},
};

function defaultsOf({ options }: Command) {
  const given = Object.entries(options).filter(([, option]) => option.default !== undefined);
  return Object.fromEntries(
    given.map(([name, option]) => [name, option.default as string | boolean]),
  );
}

/** The variables of a run, and a clock that makes its waits short. */
function borrow(environment: Readonly<Record<string, string | undefined>>): () => void {
  const before = { ...process.env };
  const { setTimeout: wait } = globalThis;
  Object.assign(process.env, environment);
  const soon = (run: () => void, milliseconds = 0) => wait(run, milliseconds / FASTER);
  globalThis.setTimeout = soon as typeof setTimeout;
  return () => {
    globalThis.setTimeout = wait;
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  };
}
