import type { Client } from './clients.ts';
import type { Run } from './measure.ts';
import type { ScenarioName } from './scenarios.ts';

/** Medians of the runs of one client. */
export interface Row {
  readonly client: string;
  readonly kind: Client['kind'];
  readonly runs: number;
  readonly wall: number;
  /** Slowest minus fastest, as a share of the median. */
  readonly spread: number;
  readonly cpu: number;
  readonly requests: number;
  readonly bytes: number;
  /** The largest of all runs. */
  readonly peakMegabytes: number | undefined;
  readonly connections: number;
  readonly mostInFlight: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly late: number;
  readonly standInCpu: number;
  readonly otherCpu: number;
  readonly failure: string | undefined;
  /** The title of the cell that it was measured in, where that is another. */
  readonly from?: string;
}

export interface Cell {
  readonly scenario: ScenarioName;
  readonly title: string;
  readonly pooled: number;
  readonly latency: number;
  readonly rows: readonly Row[];
}

export function summarise({ name, kind }: Client, runs: readonly Run[]): Row {
  const failure = runs.find((one) => one.failure !== undefined)?.failure;
  const good = runs.filter((one) => one.failure === undefined);
  const counted = good.length > 0 ? good : runs;
  const middle = (pick: (run: Run) => number) => median(counted.map(pick));
  const walls = counted.map(({ wall }) => wall);
  const wall = median(walls);
  const peaks = counted.flatMap(({ peakMegabytes: peak }) => (peak === undefined ? [] : [peak]));
  return {
    client: name,
    kind,
    runs: good.length,
    wall,
    spread: (Math.max(...walls) - Math.min(...walls)) / wall,
    cpu: middle(({ cpu }) => cpu),
    requests: middle(({ requests }) => requests),
    bytes: middle(({ bytes }) => bytes),
    peakMegabytes: peaks.length > 0 ? Math.max(...peaks) : undefined,
    connections: middle(({ connections }) => connections),
    mostInFlight: middle(({ mostInFlight }) => mostInFlight),
    kinds: counted[0]?.kinds ?? {},
    late: middle(({ late }) => late),
    standInCpu: middle(({ standInCpu }) => standInCpu),
    otherCpu: middle(({ otherCpu }) => otherCpu),
    failure,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

/** Those that are not ours, and ended well. */
export function peersOf({ rows }: Cell): readonly Row[] {
  return rows.filter(({ kind, runs }) => (kind === 'tuned' || kind === 'default') && runs > 0);
}

export function findBestPeer(cell: Cell): Row | undefined {
  return peersOf(cell).toSorted((a, b) => a.wall - b.wall)[0];
}

/**
 * Gives the next build the tuned peers of the first publish at the same latency. Without a pool both are one
 * operation: all files go below a new prefix.
 */
export function lendPeers(cells: readonly Cell[]): readonly Cell[] {
  return cells.map((cell) => {
    const first = cells.find(
      ({ scenario, latency }) => scenario === 'first' && latency === cell.latency,
    );
    if (cell.scenario !== 're-publish' || !first || peersOf(cell).length > 0) return cell;
    const lent = peersOf(first).filter(({ kind }) => kind === 'tuned');
    return { ...cell, rows: [...cell.rows, ...lent.map((row) => ({ ...row, from: first.title }))] };
  });
}

const COLUMNS =
  'client                    n    wall s  spread  x best   CPU s  requests        MB  peak MB  conns  in flight  late ms  other CPU s';

export function renderCell(cell: Cell): string {
  const best = findBestPeer(cell);
  const lines = cell.rows
    .toSorted((a, b) => a.wall - b.wall)
    .map((row) => renderRow(row, best?.wall));
  const from = cell.rows.find((row) => row.from !== undefined)?.from;
  return [
    `\n${cell.title}; ${cell.latency} ms per request`,
    COLUMNS,
    ...lines,
    ...(from === undefined
      ? []
      : [`  * measured at "${from}": without a pool, the next build is uploaded as the first is`]),
  ].join('\n');
}

function renderRow(row: Row, best: number | undefined): string {
  const kinds = Object.entries(row.kinds).map(([kind, count]) => `${count} ${kind}`);
  const { failure, peakMegabytes: peak } = row;
  const columns = [
    `${row.client}${row.from === undefined ? '' : ' *'}`.padEnd(22),
    String(row.runs).padStart(4),
    row.wall.toFixed(2).padStart(10),
    `${(row.spread * 100).toFixed(0)} %`.padStart(8),
    (best === undefined ? '' : (row.wall / best).toFixed(2)).padStart(8),
    row.cpu.toFixed(2).padStart(8),
    row.requests.toFixed(0).padStart(10),
    (row.bytes / 1e6).toFixed(2).padStart(10),
    (peak?.toFixed(0) ?? '?').padStart(9),
    row.connections.toFixed(0).padStart(7),
    row.mostInFlight.toFixed(0).padStart(11),
    row.late.toFixed(1).padStart(9),
    row.otherCpu.toFixed(2).padStart(13),
  ];
  const isOurs = row.kind === 'ours' || row.kind === 'engine';
  const ours = isOurs ? `\n    ${kinds.join(', ')}` : '';
  return `${columns.join('')}${ours}${failure === undefined ? '' : `\n    FAILED: ${failure}`}`;
}
