import { priceBill } from '../../costs/prices.ts';
import type { Measured, ProbeReport, Statement } from './statement.ts';
import { STATEMENTS } from './statements.ts';

type Outcome = Measured['outcome'] | 'not measured';

export interface Row {
  readonly id: string;
  readonly page: string;
  readonly says: string;
  readonly how: string;
  readonly outcome: Outcome;
  readonly evidence: string;
}

/** Every statement with what came of it, those that don't hold first. */
export function listRows({ measured }: Pick<ProbeReport, 'measured'>): readonly Row[] {
  const order: readonly Outcome[] = [
    'does not hold',
    'could not be measured',
    'holds',
    'not measured',
  ];
  const rows = STATEMENTS.map((one) => composeRow(one, measured));
  return order.flatMap((outcome) => rows.filter((row) => row.outcome === outcome));
}

function composeRow({ measured: by, ...one }: Statement, all: readonly Measured[]): Row {
  if ('not' in by) return { ...one, how: '', outcome: 'not measured', evidence: by.not };
  const seen = all.find(({ id }) => id === one.id);
  const { outcome, evidence } = seen ?? {
    outcome: 'could not be measured' as const,
    evidence: 'the probe ended before',
  };
  return { ...one, how: by.how, outcome, evidence };
}

/** Markdown, to keep and to compare. */
export function renderProbe(report: ProbeReport): string {
  const rows = listRows(report);
  const count = (outcome: Outcome) => rows.filter((row) => row.outcome === outcome).length;
  const counts = (['holds', 'does not hold', 'could not be measured', 'not measured'] as const)
    .map((outcome) => `${count(outcome)} ${outcome}`)
    .join(', ');
  const head = '| statement | outcome | seen | how | page |\n| --- | --- | --- | --- | --- |';
  const lines = rows.map(({ id, outcome, evidence, how, page }) =>
    [id, outcome, evidence, how, page].map(cell).join(' | '),
  );
  return [
    `# What is assumed of AWS: account ${report.account}, ${report.at}`,
    counts,
    describePropagation(report.propagation),
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

/** Said before anything is made. */
export function explainProbe(writes: number): string {
  const bill = { request: 2000 * writes, functionRun: 4000 * writes, put: 50, get: 50 };
  const dollars = priceBill({ ...bill, storeRead: 2000 * writes, storeCall: 20 + 2 * writes });
  const how = STATEMENTS.flatMap(({ id, measured }) => ('how' in measured ? [id] : []));
  return [
    `Measures ${how.length} of the ${STATEMENTS.length} statements that our pages mark as assumed: ${how.join(', ')};`,
    `and how long ${writes} writes of a KeyValueStore take to the edge, as seen from here.`,
    'It makes two buckets, a parameter, a KeyValueStore, two functions, a headers policy, an origin access control',
    'and a distribution in us-east-1, all named headgate-probe-..., and takes them away again. No policy is read.',
    `That takes half an hour or more, nearly all of it waiting for CloudFront, and costs $${dollars.toFixed(2)} at most (policies/costs.md).`,
  ].join('\n');
}
