import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Client } from './clients.ts';
import type { Limit } from './limit.ts';
import type { Run } from './measure.ts';
import type { ScenarioName } from './scenarios.ts';

/** What makes figures comparable: another machine, version or tree begins anew. */
export interface Subject {
  readonly machine: string;
  readonly versions: readonly Pick<Client, 'name' | 'version'>[];
  readonly files: number;
}

/** Which rounds belong together. */
export interface CellName {
  readonly scenario: ScenarioName;
  readonly pooled: number;
  readonly latency: number;
}

type Runs = Record<string, Record<string, Run[]>>;

interface Stored {
  readonly subject: Subject;
  readonly limit: Limit;
  readonly runs: Runs;
}

interface Opening {
  /** Undefined: nothing is kept. */
  readonly file: string | undefined;
  readonly resume: boolean;
  readonly subject: Subject;
  readonly measureLimit: () => Promise<Limit>;
}

/** All runs so far, in a file after every one: what is cut short is not lost. */
export class Ledger {
  readonly limit: Limit;
  readonly #file: string | undefined;
  readonly #subject: Subject;
  readonly #runs: Runs;

  private constructor({ subject, limit, runs }: Stored, file: string | undefined) {
    this.limit = limit;
    this.#file = file;
    this.#subject = subject;
    this.#runs = runs;
  }

  static async open({ file, resume, subject, measureLimit }: Opening): Promise<Ledger> {
    const stored = file !== undefined && resume ? await readStored(file, subject) : undefined;
    return new Ledger(stored ?? { subject, limit: await measureLimit(), runs: {} }, file);
  }

  runsOf(cell: CellName, { name }: Pick<Client, 'name'>): readonly Run[] {
    return this.#runs[nameCell(cell)]?.[name] ?? [];
  }

  async add(cell: CellName, { name }: Pick<Client, 'name'>, run: Run): Promise<void> {
    const clients = (this.#runs[nameCell(cell)] ??= {});
    (clients[name] ??= []).push(run);
    await this.write({ isWhole: false });
  }

  /** `result`: what was made of the runs, beside them. */
  async write(result: object): Promise<void> {
    if (this.#file === undefined) return;
    const stored: Stored = { subject: this.#subject, limit: this.limit, runs: this.#runs };
    const text = JSON.stringify({ ...result, ...stored }, null, 2);
    // Whoever is stopped while writing keeps the file as it was.
    await writeFile(`${this.#file}.new`, `${text}\n`);
    await rename(`${this.#file}.new`, this.#file);
  }
}

async function readStored(file: string, subject: Subject): Promise<Stored | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const stored = JSON.parse(text) as Stored;
  if (JSON.stringify(stored.subject) === JSON.stringify(subject)) return stored;
  throw new Error(
    `${file} is of another machine, other versions or another tree: measure into a new file.`,
  );
}

/** `re-publish, 300000 pooled, 20 ms`. */
function nameCell({ scenario, pooled, latency }: CellName): string {
  return `${scenario}, ${pooled} pooled, ${latency} ms`;
}
