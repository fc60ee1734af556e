import type { Measured, ProbeReport, Statement } from './statement.ts';
import { STATEMENTS } from './statements.ts';

type Outcome = Measured['outcome'] | 'not asked for' | 'not measurable';

export interface Row {
  readonly id: string;
  readonly page: string;
  readonly says: string;
  /** Empty where no program can. */
  readonly how: string;
  readonly outcome: Outcome;
  readonly evidence: string;
}

const ORDER: readonly Outcome[] = [
  'does not hold',
  'could not be measured',
  'holds',
  'not asked for',
  'not measurable',
];

type Seen = Pick<ProbeReport, 'parts' | 'measured' | 'ended'>;

/** Every statement with what came of it, those that don't hold first. */
export function listRows(seen: Seen): readonly Row[] {
  const rows = STATEMENTS.map((one) => composeRow(one, seen));
  return ORDER.flatMap((outcome) => rows.filter((row) => row.outcome === outcome));
}

function composeRow({ measured: by, ...one }: Statement, seen: Seen): Row {
  if ('not' in by) return { ...one, how: '', outcome: 'not measurable', evidence: by.not };
  const { how, part } = by;
  const found = seen.measured.find(({ id }) => id === one.id);
  if (found !== undefined) return { ...one, how, ...found };
  if (!seen.parts.includes(part)) {
    return { ...one, how, outcome: 'not asked for', evidence: `--probe-also ${part} does` };
  }
  const ended = seen.ended.find((each) => each.part === part);
  const why = ended === undefined ? '' : `: ${ended.why}`;
  const evidence = `the probe ended before${why}`;
  return { ...one, how, outcome: 'could not be measured', evidence };
}

/** Markdown, to keep and to compare. */
export function renderProbe(report: ProbeReport): string {
  const rows = listRows(report);
  const count = (outcome: Outcome) => rows.filter((row) => row.outcome === outcome).length;
  const counts = ORDER.map((outcome) => `${count(outcome)} ${outcome}`).join(', ');
  const head = '| statement | outcome | seen | how | page |\n| --- | --- | --- | --- | --- |';
  const lines = rows.map(({ id, outcome, evidence, how, page }) =>
    [id, outcome, evidence, how, page].map(cell).join(' | '),
  );
  return [
    `# What is assumed of AWS: account ${report.account}, ${report.at}`,
    `${counts}. Parts: ${report.parts.join(', ')}.`,
    describePropagation(report.propagation),
    ...(report.leftOvers.length > 0
      ? [`Left by earlier runs:\n\n${report.leftOvers.map((one) => `- ${one}`).join('\n')}`]
      : []),
    `${head}\n${lines.map((line) => `| ${line} |`).join('\n')}`,
  ].join('\n\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function describePropagation(times: readonly number[]): string {
  const name = 'A write of a KeyValueStore until the edge answers with it';
  if (times.length === 0) return `${name}: not measured.`;
  const [half, most] = [percentile(times, 50), percentile(times, 95)];
  return `${name}: p50 ${half} ms, p95 ${most} ms of ${times.length} writes, seen from one place: others may see it later.`;
}

/** Nearest rank: `percentile([10, 20, 30], 50)` -> 20. */
function percentile(values: readonly number[], percent: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}
