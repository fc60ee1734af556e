import { readFile } from 'node:fs/promises';
import { $ } from 'zx/core';
import { UsageError } from '../../core/errors.ts';
import { readRun } from '../../core/github/run.ts';
import type { Surroundings } from '../../ports/surroundings.ts';

interface SurroundingsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where git looks for its repository. */
  readonly directory: string;
}

/** GitHub Actions says who and which commit; elsewhere git does, as far as there is a repository. */
export function createSurroundings(options: Partial<SurroundingsOptions> = {}): Surroundings {
  const { env = process.env, directory = process.cwd() } = options;
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    const result = await $({ cwd: directory, quiet: true, nothrow: true })`git ${args}`;
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  };
  return {
    async facts() {
      // Not os.userInfo(): it throws for a user without an entry in the password file, usual in containers.
      const login = env['USER'] || env['USERNAME'] || 'unknown';
      const by = env['GITHUB_ACTOR'] || (await git('config', 'user.name')) || login;
      const commit = env['GITHUB_SHA'] || (await git('rev-parse', 'HEAD'));
      return { by, commit };
    },
    // Not of GITHUB_SHA: where a workflow names the ref to check out, that may be another commit.
    committedAt: () => git('show', '-s', '--format=%cI', 'HEAD'),
    github: async () => readRun(env, await readEvent(env['GITHUB_EVENT_PATH']), directory),
  };
}

async function readEvent(path: string | undefined): Promise<unknown> {
  if (!path) return undefined;
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `The event of this run can't be read at GITHUB_EVENT_PATH (${path}): ${why}.`,
      'GitHub Actions writes that file. Elsewhere unset the variable, or let it name a JSON file of the form of a webhook.',
      { cause },
    );
  }
}
