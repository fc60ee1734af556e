import { amountOf, type Amount, type BuildDifference } from './diff.ts';
import { countFiles, renderBytes } from './report.ts';
import type { FilePair, StampReport } from './stamps.ts';

/** Two builds compared, for `--json` as it is. */
export interface DiffReport extends BuildDifference {
  readonly app: string;
  readonly before: { readonly build: string; readonly digest: string };
  readonly after: { readonly build: string; readonly digest: string };
  /** Files with other bytes or another hash in their name. */
  readonly pairs: number;
  /** Of those, the ones that are added and removed by name, and are one file under another hash. */
  readonly renamed: readonly FilePair[];
  readonly stamps: StampReport;
}

const SHOWN = 20;

export function renderDiff(report: DiffReport): string {
  const { app, before, after, changed, unchanged, newInPool, settings, renamed } = report;
  const files = changed.map((change) => change.after);
  const paired = new Set(renamed.flatMap((pair) => [pair.before, pair.after]));
  const added = report.added.filter((file) => !paired.has(file));
  const removed = report.removed.filter((file) => !paired.has(file));
  const lines = [
    ...changed.map(({ after: { path }, what }) => `  ~ ${path} (${what.join(', ')})`),
    ...added.map(({ path, size }) => `  + ${path} (${renderBytes(size)})`),
    ...removed.map(({ path, size }) => `  - ${path} (${renderBytes(size)})`),
    ...renamed.map((pair) => `  > ${pair.before.path} -> ${pair.after.path}`),
  ];
  const more = lines.length - SHOWN;
  return [
    `Build ${before.build} (${before.digest}) -> ${after.build} (${after.digest}) of ${app}`,
    `  changed    ${renderAmount(amountOf(files))}`,
    `  added      ${renderAmount(amountOf(added))}`,
    `  removed    ${renderAmount(amountOf(removed))}`,
    `  renamed    ${renderAmount(amountOf(renamed.map((pair) => pair.after)))}, by the hash in the name`,
    `  unchanged  ${renderAmount(unchanged)}`,
    `  new in the pool  ${renderAmount(newInPool)}`,
    ...settings.map((line) => `  settings   ${line}`),
    ...(lines.length > 0 ? ['', ...lines.slice(0, SHOWN)] : []),
    ...(more > 0 ? [`  and ${more} more; --json has all`] : []),
    ...renderWarning(report),
  ].join('\n');
}

function renderAmount({ files, bytes }: Amount): string {
  return `${countFiles(files)}, ${renderBytes(bytes)}`;
}

function renderWarning({ stamps: report, pairs }: DiffReport): readonly string[] {
  const { compared, onlyStamps, onlyHashes, stamps, bytes, isLarge } = report;
  const idle = onlyStamps.length + onlyHashes.length;
  // So that who looks for the warning sees that somebody looked.
  if (!isLarge)
    return compared === 0
      ? []
      : [
          '',
          `Compared ${countFiles(compared)} of the ${pairs} that changed: ${idle} changed for nothing.`,
        ];
  const named = stamps.map(
    (stamp) => `  stamp "${stamp.before}" -> "${stamp.after}" in ${countFiles(stamp.files)}`,
  );
  return [
    '',
    `warning: ${idle} of ${compared} changed files compared (of ${pairs} in all) changed for nothing: ${renderBytes(bytes)} that browsers load again.`,
    ...(onlyStamps.length > 0
      ? [`  by a stamp only, ${countFiles(onlyStamps.length)}: ${name(onlyStamps)}`, ...named]
      : []),
    ...(onlyHashes.length > 0
      ? [
          `  by hashes in names of files only, ${countFiles(onlyHashes.length)}: ${name(onlyHashes)}`,
        ]
      : []),
    ...(onlyStamps.length > 0
      ? ['  Keep the stamp in one small file without a hash in its name, which the others read.']
      : ['  One changed chunk renames all that import it: an import map breaks the chain.']),
  ];
}

function name(paths: readonly string[]): string {
  return [...paths.slice(0, 3), ...(paths.length > 3 ? ['...'] : [])].join(', ');
}
