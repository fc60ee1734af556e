import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { UsageError } from '../../core/errors.ts';
import { readRun } from '../../core/github/run.ts';
import type { Source, Surroundings } from '../../ports/surroundings.ts';

const execute = promisify(execFile);

interface SurroundingsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where git looks for its repository. */
  readonly directory: string;
  /** `headgate 1.2.0`: what a manifest says of who made it. */
  readonly tool?: string | undefined;
}

/** GitHub Actions says who and which commit; elsewhere git does, as far as there is a repository. */
export function createSurroundings(options: Partial<SurroundingsOptions> = {}): Surroundings {
  const { env = process.env, directory = process.cwd(), tool } = options;
  // Not by zx: its hooks make every promise of the process several times slower (measured), and a publish has many.
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    try {
      return (await execute('git', args, { cwd: directory })).stdout.trim();
    } catch {
      // No git, no repository, or it doesn't know: nobody has to have one.
      return undefined;
    }
  };
  return {
    async facts() {
      // Not os.userInfo(): it throws for a user without an entry in the password file, usual in containers.
      const login = env['USER'] || env['USERNAME'] || 'unknown';
      const by = env['GITHUB_ACTOR'] || (await git('config', 'user.name')) || login;
      const commit = env['GITHUB_SHA'] || (await git('rev-parse', 'HEAD'));
      return { by, commit };
    },
    async source() {
      const found = await git('rev-parse', 'HEAD', '--symbolic-full-name', 'HEAD');
      const [head, branch] = found?.split('\n') ?? [];
      const ref = env['GITHUB_REF'] || (branch === 'HEAD' ? undefined : branch);
      // What is checked out is what was built; a job that only publishes may have nothing checked out.
      return describeSource({ commit: head || env['GITHUB_SHA'], ref, tool }, env);
    },
    // Not of GITHUB_SHA: where a workflow names the ref to check out, that may be another commit.
    committedAt: () => git('show', '-s', '--format=%cI', 'HEAD'),
    github: async () => readRun(env, await readEvent(env['GITHUB_EVENT_PATH']), directory),
  };
}

type Found = Readonly<Record<'commit' | 'ref' | 'tool', string | undefined>>;

function describeSource({ commit, ref, tool }: Found, env: SurroundingsOptions['env']): Source {
  const run = readRun(env)?.runUrl;
  return {
    ...(commit && { commit }),
    ...(ref && { ref }),
    ...(run && { run }),
    ...(tool && { tool }),
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
