#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Arguments, Command } from './commands/command.ts';
import { createContext } from './context.ts';
import { EXIT, UsageError, type ExitCode } from './core/errors.ts';
import { findNearest } from './core/policy/nearest.ts';
import { explainError, exitCodeOf } from './core/report/failure.ts';
import type { Context } from './ports/context.ts';

/** Loaded when asked for: `validate` must not wait for the AWS SDK, nor `publish` for Vite. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import('./local/up.ts')).up,
  bootstrap: async () => (await import('./commands/bootstrap.ts')).bootstrap,
  adopt: async () => (await import('./commands/adopt.ts')).adopt,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  publish: async () => (await import('./commands/publish.ts')).publish,
  build: async () => (await import('./commands/build.ts')).build,
  beacon: async () => (await import('./commands/beacon.ts')).beacon,
  gc: async () => (await import('./commands/gc.ts')).gc,
  validate: async () => (await import('./commands/validate.ts')).validate,
  plan: async () => (await import('./commands/plan.ts')).plan,
  backtest: async () => (await import('./commands/backtest.ts')).backtest,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcile,
  status: async () => (await import('./commands/status.ts')).status,
  why: async () => (await import('./commands/why.ts')).why,
  history: async () => (await import('./commands/history.ts')).history,
  rollback: async () => (await import('./commands/rollback.ts')).rollback,
  pause: async () => (await import('./commands/pause.ts')).pause,
  preview: async () => (await import('./commands/preview.ts')).preview,
  priority: async () => (await import('./commands/priority.ts')).priority,
  keys: async () => (await import('./commands/keys.ts')).keys,
  eject: async () => (await import('./commands/eject.ts')).eject,
};

/** Above which command each stands in the overview. */
const HEADINGS: Readonly<Record<string, string>> = {
  up: 'Begin',
  publish: 'Builds',
  validate: 'Release, as the policies say',
  status: 'Look',
  rollback: 'By hand, for one environment',
  eject: 'Leave',
};

const USAGE = 'headgate <command> [options]';
const HINT = 'Run `headgate --help` for the commands, `headgate <command> --help` for one.';

async function main(argv: readonly string[], context: Context): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') return print(readVersion());
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const [topic] = rest;
    return topic === undefined ? print(await renderHelp()) : print((await load(topic)).help);
  }
  const command = await load(name);
  if (rest.includes('--help') || rest.includes('-h')) return print(command.help);
  const args = parse(command, rest);
  return command.run(args, context);
}

async function load(name: string): Promise<Command> {
  // `Object.hasOwn`, so that `headgate constructor` is an unknown command like any other.
  const loader = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (loader === undefined) {
    const names = Object.keys(COMMANDS);
    const nearest = findNearest(name, names);
    const hint =
      nearest === undefined ? `there are ${names.join(', ')}.` : `did you mean "${nearest}"?`;
    throw new UsageError(`There is no command "${name}"; ${hint}`, HINT);
  }
  return loader();
}

function parse(command: Command, argv: readonly string[]): Arguments {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      options: command.options,
      allowPositionals: command.allowPositionals ?? false,
      strict: true,
    });
    const given = Object.entries(values);
    const lists = given.filter(([, value]) => Array.isArray(value));
    const single = given.filter(([, value]) => !Array.isArray(value));
    return {
      positionals,
      values: Object.fromEntries(single) as NonNullable<Arguments['values']>,
      lists: Object.fromEntries(lists) as NonNullable<Arguments['lists']>,
    };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(message, `headgate ${command.name} --help`, { cause });
  }
}

async function renderHelp(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((loader) => loader()));
  const lines = commands.flatMap(({ name, summary }) => [
    ...(HEADINGS[name] === undefined ? [] : [`\n${HEADINGS[name]}`]),
    `  ${name.padEnd(10)} ${summary}`,
  ]);
  return `Headgate: which build every visitor gets, decided by YAML policies in git.

${USAGE}
${lines.join('\n')}

headgate <command> --help tells more. headgate --version prints the version.
Credentials and region come from the environment, as for every AWS tool;
AWS_ENDPOINT_URL names another endpoint (\`headgate up\` starts one).
--github signs in with GITHUB_TOKEN, or as a GitHub App with
HEADGATE_GITHUB_APP_ID and HEADGATE_GITHUB_APP_KEY (its key, or ssm:/name).

Exit codes: 0 done, 1 our bug, 2 policy or usage wrong, 3 refused as unsafe,
4 the live state moved (run again), 5 rolled back.`;
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version: unknown }).version);
}

function print(text: string): ExitCode {
  process.stdout.write(`${text}\n`);
  return EXIT.done;
}

const ofThisProcess = createContext(`headgate ${readVersion()}`);
try {
  process.exitCode = await main(process.argv.slice(2), ofThisProcess);
} catch (error) {
  ofThisProcess.terminal.note(`error: ${explainError(error)}`);
  process.exitCode = exitCodeOf(error);
}
