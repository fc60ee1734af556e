import type { ParseArgsConfig } from 'node:util';
import type { ExitCode } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';

export interface Arguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  /** Of options that may be given again. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

/** A command as data: `cli.ts` parses its arguments, prints its help and runs it. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Synopsis, options and exit codes within 80 columns; printed by `--help`. */
  readonly help: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Left out: only options. `headgate reconcile shop` must not reconcile everything. */
  readonly allowPositionals?: true;
  readonly run: (args: Arguments, context: Context) => Promise<ExitCode>;
}
