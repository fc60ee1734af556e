import { explainProbe, listRows, renderProbe } from '../../core/doctor/probe/report.ts';
import { EXIT, UsageError, type ExitCode } from '../../core/errors.ts';
import type { Context } from '../../ports/context.ts';

export interface ProbeOrder {
  readonly isConfirmed: boolean;
  /** A Markdown file; the same as JSON stands beside it. */
  readonly report: string | undefined;
  readonly writes: string;
  readonly json: boolean;
}

const MOST_WRITES = 200;

/** Measures on the account what our pages only assume. */
export async function probeAccount(order: ProbeOrder, context: Context): Promise<ExitCode> {
  const { terminal, clock, files, measurements, probe: visitor, signals } = context;
  const writes = Number(order.writes);
  if (!Number.isInteger(writes) || writes < 1 || writes > MOST_WRITES) {
    throw new UsageError(
      `--writes ${order.writes} is not a number of writes.`,
      `Write 1 to ${MOST_WRITES}; 20 is usual.`,
    );
  }
  if (!order.isConfirmed) {
    terminal.print(`${explainProbe(writes)}\n\nAdd --yes to do it.`);
    return EXIT.done;
  }
  terminal.note(explainProbe(writes));
  const now = clock.now();
  const name = `headgate-probe-${now.getTime().toString(36)}`;
  const say = (line: string) => terminal.note(line);
  const { signal, release } = signals.listen();
  const { left, ...found } = await measurements
    .measure({ name, writes, say, visitor, signal })
    .finally(release);
  const report = { ...found, at: now.toISOString() };
  const rows = listRows(report);
  const json = JSON.stringify({ ...report, statements: rows, left }, undefined, 2);
  const text = renderProbe(report);
  if (order.report !== undefined) {
    await files.writeText(order.report, `${text}\n`);
    await files.writeText(`${order.report.replace(/\.md$/, '')}.json`, `${json}\n`);
  }
  terminal.print(order.json ? json : text);
  for (const one of left) terminal.note(`STILL THERE: ${one}`);
  if (signal.aborted) return EXIT.interrupted;
  const isWrong = rows.some(({ outcome }) => outcome === 'does not hold');
  return isWrong || left.length > 0 ? EXIT.unsafe : EXIT.done;
}
