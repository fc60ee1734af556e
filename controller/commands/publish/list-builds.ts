import { mapAtOnce } from '../../core/at-once.ts';
import { renderBytes } from '../../core/publish/report.ts';
import type { Made } from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';
import { sizeOf } from './store-build.ts';

/** A published build in one line. */
export interface ListedBuild extends Partial<Made> {
  readonly build: string;
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
}

interface ListRequest {
  readonly app: string;
  readonly place: Place;
  readonly builds: readonly string[];
}

/** Manifests read at once: each may have some hundred kilobytes. */
const AT_ONCE = 8;

/** Reads the manifest of each; a build that was removed meanwhile is left out. */
export async function describeBuilds(
  { app, place, builds }: ListRequest,
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

/** As wide as they must be; what version 1 of a manifest doesn't know is `-`. */
export function renderBuilds(builds: readonly ListedBuild[]): string {
  const rows = builds.map((one) => [
    one.build,
    one.at?.replace(/\.\d+Z$/, 'Z') ?? '-',
    one.files.toLocaleString('en'),
    renderBytes(one.bytes),
    one.digest,
    one.commit?.slice(0, 12) ?? '-',
    one.ref ?? '-',
  ]);
  const lines = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}
