import { chooseParts, type Choice } from '../../core/doctor/probe/choose-parts.ts';
import { explainProbe } from '../../core/doctor/probe/explain.ts';
import { PROBE_NAME } from '../../core/doctor/probe/part.ts';
import { listRows, renderProbe } from '../../core/doctor/probe/report.ts';
import { EXIT, UsageError, type ExitCode } from '../../core/errors.ts';
import type { Context } from '../../ports/context.ts';
import type { Findings } from '../../ports/measurements.ts';
import type { Arguments } from '../command.ts';

export interface ProbeOrder extends Choice {
  readonly isConfirmed: boolean;
  /** A Markdown file; the same as JSON stands beside it. */
  readonly report: string | undefined;
  readonly writes: string;
  readonly json: boolean;
}

const MOST_WRITES = 200;
const MINUTE_MILLISECONDS = 60_000;

/** What the options ask for. */
export function readProbeOrder(values: Arguments['values']): ProbeOrder {
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    isConfirmed: values['yes'] === true,
    report: text('report'),
    writes: String(values['writes'] ?? '20'),
    also: text('probe-also'),
    only: text('probe-only'),
    json: values['json'] === true,
  };
}

/** Measures on the account what our pages only assume. */
export async function probeAccount(order: ProbeOrder, context: Context): Promise<ExitCode> {
  const { terminal, clock, measurements, probe: visitor, signals } = context;
  const parts = chooseParts(order);
  const writes = readWrites(order.writes);
  if (!order.isConfirmed) {
    terminal.print(`${explainProbe(parts, writes)}\n\nAdd --yes to do it.`);
    return EXIT.done;
  }
  terminal.note(explainProbe(parts, writes));
  const now = clock.now();
  const name = PROBE_NAME + now.getTime().toString(36);
  const say = (line: string) => terminal.note(line);
  const names = parts.map((part) => part.name);
  const { signal, release } = signals.listen();
  const found = await measurements
    .measure({ name, parts: names, writes, minute: MINUTE_MILLISECONDS, say, visitor, signal })
    .finally(release);
  const isWrong = await tell({ ...found, parts: names, at: now.toISOString() }, order, context);
  if (signal.aborted) return EXIT.interrupted;
  return isWrong || found.left.length > 0 ? EXIT.unsafe : EXIT.done;
}

function readWrites(text: string): number {
  const writes = Number(text);
  if (Number.isInteger(writes) && writes >= 1 && writes <= MOST_WRITES) return writes;
  throw new UsageError(
    `--writes ${text} is not a number of writes.`,
    `Write 1 to ${MOST_WRITES}; 20 is usual.`,
  );
}

type Report = Findings & Parameters<typeof renderProbe>[0];

/** Prints the report and keeps it; whether something does not hold. */
async function tell(
  report: Report,
  order: ProbeOrder,
  { terminal, files }: Context,
): Promise<boolean> {
  const statements = listRows(report);
  const json = JSON.stringify({ ...report, statements }, undefined, 2);
  const text = renderProbe(report);
  if (order.report !== undefined) {
    await files.writeText(order.report, `${text}\n`);
    await files.writeText(`${order.report.replace(/\.md$/, '')}.json`, `${json}\n`);
  }
  terminal.print(order.json ? json : text);
  for (const one of report.later)
    terminal.note(`Stays for hours; a later run takes it away: ${one}`);
  for (const one of report.left) terminal.note(`STILL THERE: ${one}`);
  return statements.some(({ outcome }) => outcome === 'does not hold');
}
