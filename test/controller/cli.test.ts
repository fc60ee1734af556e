import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { backtest } from '../../controller/commands/backtest.ts';
import { beacon } from '../../controller/commands/beacon.ts';
import { build } from '../../controller/commands/build.ts';
import { history } from '../../controller/commands/history.ts';
import { keys } from '../../controller/commands/keys.ts';
import { plan } from '../../controller/commands/plan.ts';
import { pause } from '../../controller/commands/pause.ts';
import { preview } from '../../controller/commands/preview.ts';
import { priority } from '../../controller/commands/priority.ts';
import { publish } from '../../controller/commands/publish.ts';
import { reconcile } from '../../controller/commands/reconcile.ts';
import { rollback } from '../../controller/commands/rollback.ts';
import { status } from '../../controller/commands/status.ts';
import { validate } from '../../controller/commands/validate.ts';
import { why } from '../../controller/commands/why.ts';
import { up } from '../../controller/local/up.ts';

const COMMANDS = [
  up,
  publish,
  validate,
  plan,
  backtest,
  reconcile,
  status,
  why,
  history,
  rollback,
  pause,
  preview,
  priority,
  keys,
  build,
  beacon,
];
const CLI = join(import.meta.dirname, '../../dist/cli.js');

async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: join(import.meta.dirname, '../..'),
  });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { output, errors, code };
}

const { output: overview } = await run('--help');
const names = [...overview.matchAll(/^ {2}(\w+) +\w/gm)].map(([, name]) => String(name));

describe('help', () => {
  it('lists the commands', () => {
    expect(names).toEqual(COMMANDS.map(({ name }) => name));
  });

  it.each(['--help', ...names])('%s fits 80 columns and names the exit codes', async (name) => {
    const { output, code } = await run(...(name === '--help' ? [name] : [name, '--help']));
    expect(code).toBe(0);
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(output).toContain('Exit codes: ');
    expect(await run('help', name)).toMatchObject(name === '--help' ? { code: 2 } : { output });
  });

  it.each(names)('%s tells every option it takes', async (name) => {
    const { output } = await run(name, '--help');
    const command = COMMANDS.find((one) => one.name === name);
    const untold = Object.keys(command?.options ?? {}).filter(
      (option) => !new RegExp(`--${option}\\b`).test(output),
    );
    expect({ found: command?.name, untold }).toEqual({ found: name, untold: [] });
  });
});

describe('what a command does not take', () => {
  it.each(['validate', 'plan', 'reconcile', 'status'])(
    '%s refuses an argument instead of doing everything',
    async (name) => {
      const { output, errors, code } = await run(name, 'shop');
      expect({ output, code }).toEqual({ output: '', code: 2 });
      expect(errors).toContain("Unexpected argument 'shop'");
      expect(errors).toContain(`next: headgate ${name} --help`);
    },
  );

  it.each([['nope'], ['constructor'], ['--nope']])('no command %s', async (name) => {
    const { errors, code } = await run(name);
    expect(code).toBe(2);
    expect(errors).toContain(`There is no command "${name}"; there are ${names.join(', ')}.`);
  });
});
