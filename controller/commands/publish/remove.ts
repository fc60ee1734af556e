import { UsageError } from '../../core/errors.ts';
import type { GitHubRun } from '../../core/github/run.ts';
import { nameOfAll, pullRequestOf } from '../../core/publish/pull-request.ts';
import { countFiles, renderBytes } from '../../core/publish/report.ts';
import { escapeMarkdown } from '../../core/report/markdown.ts';
import { previewMarker, renderRemoved } from '../../core/report/preview-comment.ts';
import type { Context, Place } from '../../ports/context.ts';
import type { UntrustedBuild } from '../../ports/untrusted-builds.ts';
import { placeOfRun, writeComment } from '../../show/preview-comment.ts';

interface Removal {
  /** `pr-12`. */
  readonly name: string;
  readonly app: string;
  readonly place: Place;
  readonly json: boolean;
  /** Whose comment says so; undefined: nobody's. */
  readonly run: GitHubRun | undefined;
}

/** Removes all builds of one pull request, and says in its comment that their links are gone. */
export async function removePullRequest(removal: Removal, context: Context): Promise<void> {
  const { app, place, json, run } = removal;
  const pullRequest = readName(removal.name);
  // Before anything is deleted: what is asked for wrongly does nothing.
  const shown = run && placeOfRun(run);
  if (shown !== undefined && shown.pullRequest !== pullRequest) {
    throw new UsageError(
      `This run is of pull request ${shown.pullRequest}, and its comment would say that the builds of ${pullRequest} are its own.`,
      'Leave --github out to remove those of another pull request.',
    );
  }
  const store = context.untrustedBuilds(place);
  const builds = await store.list(app, pullRequest);
  for (const { build } of builds) {
    context.terminal.progress(`Removing ${build} of ${app}`);
    await store.remove(app, build);
  }
  const result = { app, pullRequest, ...sum(builds), builds: builds.map(({ build }) => build) };
  context.terminal.print(json ? JSON.stringify(result) : renderResult(result));
  await context.terminal.summary(escapeMarkdown(renderResult(result)));
  if (shown === undefined) return;
  const body = renderRemoved(app, builds.length);
  await writeComment(context, shown, { marker: previewMarker(app), body, onlyUpdate: true });
}

function readName(name: string): number {
  const pullRequest = pullRequestOf(name);
  if (pullRequest !== undefined && name === nameOfAll(pullRequest)) return pullRequest;
  throw new UsageError(
    `${JSON.stringify(name)} names no pull request: \`remove\` takes pr-<number>, and removes its builds alone.`,
    'Such as: headgate build remove pr-12. Other builds are immutable, and kept.',
  );
}

function sum(builds: readonly UntrustedBuild[]): { files: number; bytes: number } {
  return builds.reduce(
    (all, { files, bytes }) => ({ files: all.files + files, bytes: all.bytes + bytes }),
    { files: 0, bytes: 0 },
  );
}

interface Removed {
  readonly app: string;
  readonly pullRequest: number;
  readonly builds: readonly string[];
  readonly files: number;
  readonly bytes: number;
}

function renderResult({ app, pullRequest, builds, files, bytes }: Removed): string {
  const whose = `of pull request ${pullRequest} of ${app}`;
  if (builds.length === 0) return `There is no build ${whose}: nothing to remove.`;
  const count = builds.length === 1 ? '1 build' : `${builds.length} builds`;
  return `Removed ${count} ${whose}: ${countFiles(files)}, ${renderBytes(bytes)} (${builds.join(', ')}).`;
}
