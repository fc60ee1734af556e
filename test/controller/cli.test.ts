import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { adopt } from '../../controller/commands/adopt.ts';
import { backtest } from '../../controller/commands/backtest.ts';
import { beacon } from '../../controller/commands/beacon.ts';
import { bootstrap } from '../../controller/commands/bootstrap.ts';
import { build } from '../../controller/commands/build.ts';
import { doctor } from '../../controller/commands/doctor.ts';
import { eject } from '../../controller/commands/eject.ts';
import { gc } from '../../controller/commands/gc.ts';
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
  bootstrap,
  adopt,
  doctor,
  publish,
  build,
  beacon,
  gc,
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
  eject,
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

/** One process tells of all: which name loads which command is in the overview and in the list of names. */
describe('help', () => {
  it('lists the commands', () => {
    expect(names).toEqual(COMMANDS.map(({ name }) => name));
    expect(overview).toMatch(/^Begin\n {2}up [^]*^Leave\n {2}eject /m);
  });

  it.each([{ name: '--help', help: overview }, ...COMMANDS])(
    '$name fits 80 columns and names the exit codes',
    ({ help }) => {
      expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(help).toContain('Exit codes: ');
    },
  );

  it.each(COMMANDS)('$name tells every option it takes', ({ help, options }) => {
    const untold = Object.keys(options).filter(
      (option) => !new RegExp(`--${option}\\b`).test(help),
    );
    expect(untold).toEqual([]);
  });

  it('is told whichever way it is asked for', async () => {
    const told = { output: `${plan.help}\n`, code: 0 };
    expect(await run('plan', '--help')).toMatchObject(told);
    expect(await run('help', 'plan')).toMatchObject(told);
    expect(await run('help', '--help')).toMatchObject({ output: '', code: 2 });
  });
});

describe('what a command does not take', () => {
  it('an argument is refused instead of doing everything', async () => {
    const { output, errors, code } = await run('reconcile', 'shop');
    expect({ output, code }).toEqual({ output: '', code: 2 });
    expect(errors).toContain("Unexpected argument 'shop'");
    expect(errors).toContain('next: headgate reconcile --help');
    const takers = COMMANDS.filter(({ allowPositionals }) => allowPositionals);
    for (const one of [validate, plan, reconcile, status]) expect(takers).not.toContain(one);
  });

  it('a command that is nearly one is asked about', async () => {
    const { errors, code } = await run('rolback');
    expect(code).toBe(2);
    expect(errors).toContain('There is no command "rolback"; did you mean "rollback"?');
  });

  it.each([['nope'], ['constructor'], ['--nope']])('no command %s', async (name) => {
    const { errors, code } = await run(name);
    expect(code).toBe(2);
    expect(errors).toContain(`There is no command "${name}"; there are ${names.join(', ')}.`);
  });
});
