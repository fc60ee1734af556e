import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { Mismatch } from './mismatch.ts';

/** Runs one command line; returns what it printed as its result. */
export type Headgate = (args: readonly string[], expected?: ExitCode) => Promise<string>;

/**
 * Runs each command as a process of its own, as a workflow would; throws a Mismatch on another exit
 * code. `cli` is what Node runs: `['dist/cli.js']`. Rejects when `signal` is aborted.
 */
export function createHeadgate(
  cli: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Headgate {
  const env = { ...withoutAccounts(process.env), ...environment };
  return async (args, expected = EXIT.done) => {
    const child = spawn(process.execPath, [...cli, ...args], {
      env,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const [output, errors, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      exit,
    ]);
    if (code !== expected) {
      const said = `${errors}\n${output}`.trim();
      throw new Mismatch(`headgate ${args.join(' ')}`, `exit code ${expected}`, `${code}: ${said}`);
    }
    return output;
  };
}

// Nobody's real account, profile or job summary may leak into the story.
function withoutAccounts(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(AWS|GITHUB)_/.test(name));
  return Object.fromEntries(kept);
}
