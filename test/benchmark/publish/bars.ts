import { findBestPeer, peersOf, type Cell, type Row } from './report.ts';

/** One sentence of what publishing promises, with what was measured. */
export interface Verdict {
  readonly bar: string;
  readonly limit: number;
  readonly measured: number;
  /** What the measure was made of. */
  readonly numbers: string;
  /** Undefined: what it needs was not measured. */
  readonly met: boolean | undefined;
}

interface Measured {
  readonly ours: Row;
  readonly cell: Cell;
}

type Measure = Pick<Verdict, 'measured' | 'numbers'> | undefined;

/** What our row of a cell is held to. `below`: less than the limit, not as much as it. */
interface Bar {
  readonly name: string;
  readonly applies: (cell: Cell) => boolean;
  readonly limit: number;
  readonly below?: true;
  readonly measure: (measured: Measured) => Measure;
}

const is =
  (scenario: Cell['scenario'], latency?: number) =>
  (cell: Cell): boolean =>
    cell.scenario === scenario && (latency === undefined || cell.latency === latency);
const among = (more: (cell: Cell) => boolean) => (cell: Cell) => more(cell) && cell.pooled > 0;

const overBest = ({ ours, cell }: Measured) => overWall(ours, findBestPeer(cell));
const requests = ({ ours }: Measured) => ({ measured: ours.requests, numbers: listKinds(ours) });
const peak = ({ ours: { peakMegabytes: measured } }: Measured) =>
  measured === undefined ? undefined : { measured, numbers: 'MB, of all runs' };

/** In the order of the issue that set them. */
const BARS: readonly Bar[] = [
  {
    name: 're-publish: times the best peer',
    applies: among(is('re-publish', 20)),
    limit: 0.35,
    measure: overBest,
  },
  {
    name: 're-publish: times the best peer',
    applies: among(is('re-publish', 80)),
    limit: 0.2,
    measure: overBest,
  },
  {
    name: 're-publish: times the bytes of who re-uploads',
    applies: among(is('re-publish')),
    limit: 0.05,
    measure: overLeanest,
  },
  { name: 're-publish: requests', applies: is('re-publish'), limit: 260, measure: requests },
  { name: 'same again: requests', applies: is('same'), limit: 15, measure: requests },
  {
    name: 'same again: seconds',
    applies: among(is('same', 20)),
    limit: 1,
    below: true,
    measure: ({ ours }) => ({ measured: ours.wall, numbers: `CPU ${ours.cpu.toFixed(2)} s` }),
  },
  { name: 'real pair: times the best peer', applies: is('pair'), limit: 1.5, measure: overBest },
  {
    name: 'real pair: times the bytes of who re-uploads',
    applies: is('pair'),
    limit: 1,
    below: true,
    measure: overLeanest,
  },
  {
    name: 'first publish: times the best tuned peer',
    applies: is('first'),
    limit: 1.15,
    measure: (one) => overKind(one, 'tuned'),
  },
  {
    name: 'first publish: times the best default',
    applies: is('first'),
    limit: 1,
    below: true,
    measure: (one) => overKind(one, 'default'),
  },
  {
    name: 'peak MB, 10,000 files',
    applies: is('first'),
    limit: 200,
    below: true,
    measure: peak,
  },
  {
    name: 'peak MB, one file of 2 GB',
    applies: is('large'),
    limit: 200,
    below: true,
    measure: peak,
  },
];

function overKind({ ours, cell }: Measured, kind: Row['kind']): Measure {
  const rows = peersOf(cell).filter((row) => row.kind === kind);
  return overWall(ours, rows.toSorted((a, b) => a.wall - b.wall)[0]);
}

function overWall(ours: Row, peer: Row | undefined): Measure {
  return (
    peer && {
      measured: ours.wall / peer.wall,
      numbers: `${ours.wall.toFixed(2)} s of ${peer.wall.toFixed(2)} s: ${peer.client}, n = ${peer.runs}`,
    }
  );
}

function overLeanest({ ours, cell }: Measured): Measure {
  const leanest = peersOf(cell).toSorted((a, b) => a.bytes - b.bytes)[0];
  return (
    leanest && {
      measured: ours.bytes / leanest.bytes,
      numbers: `${megabytes(ours)} of ${megabytes(leanest)}: ${leanest.client}`,
    }
  );
}

function megabytes({ bytes }: Row): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function listKinds({ kinds }: Row): string {
  return Object.entries(kinds)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

/** Of every cell, for what people get who choose nothing: our other engine is held to none. A run that failed meets nothing. */
export function judge(cells: readonly Cell[]): readonly Verdict[] {
  const verdicts = BARS.flatMap((bar) =>
    cells
      .filter(bar.applies)
      .flatMap((cell) =>
        cell.rows
          .filter(({ kind }) => kind === 'ours')
          .map((ours) => judgeOne(bar, { ours, cell })),
      ),
  );
  return [...verdicts, ...judgeGrowth(cells)];
}

function judgeOne({ name, limit, below, measure }: Bar, one: Measured): Verdict {
  const { ours, cell } = one;
  const found = measure(one);
  const measured = found?.measured ?? Number.NaN;
  const keeps = below ? measured < limit : measured <= limit;
  const bar = `${name} (${cell.latency} ms, ${cell.pooled.toLocaleString('en')} pooled)`;
  const isFailed = ours.runs === 0;
  const met = found === undefined && !isFailed ? undefined : keeps && !isFailed;
  return { bar, limit, measured, numbers: found?.numbers ?? '', met };
}

/** Else the stand-in would be what is measured. */
export function judgeLimit(cells: readonly Cell[], requestsPerSecond: number): Verdict {
  const rates = cells.flatMap(({ rows }) => rows.map((row) => row.requests / row.wall));
  const fastest = Math.max(...rates);
  const measured = requestsPerSecond / fastest;
  const numbers = `${requestsPerSecond.toFixed(0)} of ${fastest.toFixed(0)} requests/s`;
  const bar = 'at least: times the fastest client that the stand-in takes';
  return { bar, limit: 10, measured, numbers, met: measured >= 10 };
}

/** The same requests among 300,000 keys as among its own. */
function judgeGrowth(cells: readonly Cell[]): readonly Verdict[] {
  const small = cells.filter(
    ({ scenario, pooled }) => pooled === 0 && (scenario === 're-publish' || scenario === 'same'),
  );
  return small.flatMap((cell) => {
    const large = cells.find(
      ({ scenario, latency, pooled }) =>
        pooled > 0 && scenario === cell.scenario && latency === cell.latency,
    );
    const [ours, other] = [cell, large].map((one) => one?.rows.find(({ kind }) => kind === 'ours'));
    if (ours === undefined || other === undefined) return [];
    const bar = `${cell.scenario}: requests that a pool of ${large?.pooled.toLocaleString('en')} keys adds (${cell.latency} ms)`;
    const measured = other.requests - ours.requests;
    const numbers = `${other.requests} against ${ours.requests}`;
    return [{ bar, limit: 0, measured, numbers, met: measured <= 0 && other.runs > 0 }];
  });
}

const WORDS = new Map([
  [true, 'met'],
  [false, 'MISSED'],
  [undefined, 'not measured'],
]);

export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(
    ({ bar, limit, measured, numbers, met }) =>
      `${(WORDS.get(met) ?? '').padEnd(13)}${measured.toFixed(2).padStart(9)}  of ${String(limit).padStart(4)}  ${bar}: ${numbers}`,
  );
  const count = (wanted: boolean | undefined) =>
    verdicts.filter(({ met }) => met === wanted).length;
  const sum = [...WORDS].map(([met, word]) => `${count(met)} ${word}`).join(', ');
  return ['\nBars', ...lines, sum].join('\n');
}
