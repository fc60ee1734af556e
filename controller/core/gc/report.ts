import { countFiles, renderBytes } from '../publish/report.ts';
import { monthlyCost, renderDollars } from './cost.ts';
import type { Collection } from './plan.ts';
import { POOL } from './tombstone.ts';

/** What a collection of one app is, or was. */
export interface CollectionTold {
  readonly app: string;
  readonly isApplied: boolean;
  readonly plan: Collection;
  readonly removed: { readonly objects: number; readonly bytes: number };
  readonly spared: readonly string[];
}

/** Bytes by what happens to them: gone at once, after the grace, and in the time that still runs. */
function sumCollection({ condemned, swept, waiting }: Collection) {
  const now = swept.reduce((sum, { size }) => sum + size, 0);
  const later = condemned.reduce((sum, { bytes }) => sum + bytes, 0);
  const all = now + later + waiting.bytes;
  return { now, later, waiting: waiting.bytes, monthlyDollars: monthlyCost(all) };
}

/** For a terminal: what, why, how much, and the next step. */
export function renderCollection({ app, isApplied, plan, spared }: CollectionTold): string {
  const { condemned, swept, waiting, kept, restored, expired } = plan;
  const sums = sumCollection(plan);
  return [
    isApplied ? `Collected ${app}:` : `A collection of ${app} would do this (nothing was changed):`,
    ...renderCondemned(condemned),
    ...when(
      swept.length > 0,
      `delete ${tellFiles(swept.length, sums.now)}, past their grace period`,
    ),
    ...when(condemned.length + swept.length === 0, 'nothing to delete'),
    ...restored.map(({ build }) => `  build ${build} is needed again: its manifest comes back`),
    ...spared.map((build) => `  build ${build} was needed again meanwhile, and stays`),
    ...when(
      expired.length > 0,
      `${expired.length} leases of links and publishes ended long ago, and go`,
    ),
    ...when(
      waiting.objects > 0,
      `${tellFiles(waiting.objects, waiting.bytes)}: retired before, and deleted when the grace period is over and nothing is being published`,
    ),
    ...when(
      sums.monthlyDollars > 0,
      `saves ${renderDollars(sums.monthlyDollars)} a month in all (S3 Standard, us-east-1)`,
    ),
    ...renderKept(kept),
  ].join('\n');
}

function tellFiles(objects: number, bytes: number): string {
  return `${countFiles(objects)}, ${renderBytes(bytes)}`;
}

function when(isTrue: boolean, line: string): readonly string[] {
  return isTrue ? [`  ${line}`] : [];
}

/** Of more than that `--json` tells the rest. */
const SHOWN = 20;

function renderCondemned(condemned: Collection['condemned']): readonly string[] {
  const lines = condemned.slice(0, SHOWN).map(({ build, why, bytes }) => {
    const what = build === POOL ? 'pooled files' : `build ${build}`;
    return `  retire ${what}: ${why}; ${renderBytes(bytes)} go after the grace period`;
  });
  const rest = condemned.slice(SHOWN);
  const bytes = rest.reduce((sum, one) => sum + one.bytes, 0);
  return rest.length === 0
    ? lines
    : [...lines, `  retire ${rest.length} builds more, ${renderBytes(bytes)}`];
}

const ALIKE = 3;

/** Many of one reason on one line. */
function renderKept(kept: Collection['kept']): readonly string[] {
  return [...new Set(kept.map(({ why }) => why))].flatMap((why) => {
    const builds = kept.filter((one) => one.why === why).map(({ build }) => build);
    if (builds.length <= ALIKE) return builds.map((build) => `  keeps ${build}: ${why}`);
    const [first = '', second = ''] = builds;
    return `  keeps ${first}, ${second} and ${builds.length - 2} more: ${why}`;
  });
}

/** For machines; deleted keys are many, so they are counted here and listed with `keys`. */
export function describeCollection({ plan, ...told }: CollectionTold) {
  const { condemned, swept, restored, forgotten, expired, ...rest } = plan;
  return {
    ...told,
    ...rest,
    restored: restored.map(({ build }) => build),
    forgotten: forgotten.map(({ build }) => build),
    expired: expired.map(({ key, expires }) => ({ key, expires })),
    retired: condemned.map(({ build, why, objects, bytes }) => ({ build, why, objects, bytes })),
    deleted: swept,
    bytes: sumCollection(plan),
  };
}

/** Old edge code of one bucket. */
export interface BundlesTold {
  readonly bucket: string;
  readonly isApplied: boolean;
  readonly retired: readonly { readonly size: number }[];
  readonly deleted: readonly { readonly size: number }[];
  readonly restored: readonly string[];
  /** Tombstones whose grace period still runs. */
  readonly waiting: number;
  readonly doubt?: string;
}

export function renderBundles(told: BundlesTold): string {
  const { bucket, isApplied, retired, deleted, restored, waiting, doubt } = told;
  const where = `edge code in bucket ${bucket}`;
  if (doubt !== undefined) return `Of ${where} nothing is deleted: ${doubt}.`;
  const say = (done: string) => (isApplied ? done : `would be ${done}`);
  const parts = [
    ...(retired.length > 0
      ? [`${count(retired)} ${say('retired')}: no code record names them`]
      : []),
    ...(deleted.length > 0 ? [`${count(deleted)} past their grace ${say('deleted')}`] : []),
    ...(restored.length > 0 ? [`${countFiles(restored.length)} ${say('brought back')}`] : []),
    ...(waiting > 0 ? [`${countFiles(waiting)} wait for the end of theirs`] : []),
  ];
  return `Of ${where}: ${parts.length === 0 ? 'nothing to delete' : parts.join('; ')}.`;
}

function count(files: readonly { readonly size: number }[]): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return `${countFiles(files.length)} (${renderBytes(bytes)})`;
}
