import { mapAtOnce } from '../../core/at-once.ts';
import type { Reason, Reasons } from '../../core/gc/reasons.ts';
import { renderBytes } from '../../core/publish/report.ts';
import type { Made } from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';
import { sizeOf } from './store-build.ts';

/** A published build in one line. */
interface ListedBuild extends Partial<Made> {
  readonly build: string;
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
}

export interface ListRequest {
  readonly app: string;
  readonly place: Place;
  readonly json: boolean;
  /** What each is made from, and how large it is. */
  readonly long: boolean;
  /** Why each is kept; undefined: nobody asked. */
  readonly reasons: Reasons | undefined;
}

/** The published builds of an app, for people or as JSON. */
export async function listBuilds(
  { app, place, json, long, reasons }: ListRequest,
  context: Pick<Context, 'builds' | 'terminal'>,
): Promise<string> {
  const { terminal } = context;
  const builds = await context.builds(place).list(app);
  if (builds.length === 0) terminal.note(`No build of ${app} is published there.`);
  if (!long && reasons === undefined) return json ? JSON.stringify(builds) : builds.join('\n');
  const described = long ? await describeBuilds({ app, place, builds }, context) : undefined;
  const lines = described ?? builds.map((build) => ({ build }));
  for (const note of reasons?.notes ?? []) terminal.note(`note: ${note}`);
  const told = lines.map((one) => ({ ...one, ...reasons?.byBuild.get(one.build) }));
  if (json) return JSON.stringify(told, null, 2);
  const rows = told.map((one) => [
    ...('digest' in one ? nameCells(one) : [one.build]),
    ...(reasons ? [explain(one)] : []),
  ]);
  const columns = [...(long ? COLUMNS : ['build']), ...(reasons ? ['kept as'] : [])];
  return renderTable([columns, ...rows]);
}

/** Of a root of its own nothing is known here; a note has said so. */
function explain({ isKept, why = '-' }: Partial<Reason>): string {
  return isKept === false ? `nothing: ${why}` : why;
}

/** Manifests read at once: each may have some hundred kilobytes. */
const AT_ONCE = 8;

/** Reads the manifest of each; a build that was removed meanwhile is left out. */
async function describeBuilds(
  { app, place, builds }: Pick<ListRequest, 'app' | 'place'> & { builds: readonly string[] },
  context: Pick<Context, 'builds'>,
): Promise<readonly ListedBuild[]> {
  const store = context.builds(place);
  const read = await mapAtOnce(builds, AT_ONCE, async (build): Promise<ListedBuild[]> => {
    const found = await store.readManifest(app, build);
    if (found === undefined) return [];
    const { files, made } = found.manifest;
    return [{ build, digest: found.digest, files: files.length, bytes: sizeOf(files), ...made }];
  });
  return read.flat();
}

const COLUMNS = ['build', 'published', 'files', 'size', 'digest', 'commit', 'ref'] as const;

/** What version 1 of a manifest doesn't know is `-`. */
function nameCells(one: ListedBuild): readonly string[] {
  return [
    one.build,
    one.at?.replace(/\.\d+Z$/, 'Z') ?? '-',
    one.files.toLocaleString('en'),
    renderBytes(one.bytes),
    one.digest,
    one.commit?.slice(0, 12) ?? '-',
    one.ref ?? '-',
  ];
}

/** Columns as wide as they must be. */
function renderTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}
