/** A pull request for each rollback, that makes the policy name what everyone gets; and none that is out of date. */
import { ConflictError, HeadgateError, RefusedError } from '../core/errors.ts';
import {
  heldOf,
  planRevert,
  REVERT_BRANCHES,
  REVERT_LABEL,
  revertBranch,
  revertBranches,
  type Held,
  type RevertEdit,
} from '../core/github/revert.ts';
import { explainError } from '../core/report/failure.ts';
import { escapeMarkdown, toCode } from '../core/report/markdown.ts';
import { renderRevert, revertTitle } from '../core/report/revert-body.ts';
import type { Context } from '../ports/context.ts';
import type { ChangedFile, PullRequest } from '../ports/github.ts';
import { findBase, findPolicy, type Base, type FoundPolicy } from './find-policy.ts';
import { gatherStory } from './revert-story.ts';
import type { ShownEnvironment, ShownRun } from './shown.ts';
import { startChecks } from './start-checks.ts';

/**
 * Shows the present state: one open pull request for a held environment, named by its rollback, and none for
 * any other. Run again it finds what there is. One that a person closed stays closed.
 */
export async function openReverts(context: Context, shown: ShownRun): Promise<void> {
  if (shown.environments.length === 0) return;
  const open = await context.github.pullRequests.openBelow(REVERT_BRANCHES);
  const errors: HeadgateError[] = [];
  for (const environment of shown.environments) {
    try {
      await openRevert({ context, run: shown, environment }, open);
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error;
      errors.push(error);
    }
  }
  const [first, ...others] = errors;
  for (const error of others) context.terminal.note(`warning: ${explainError(error)}`);
  if (first !== undefined) throw first;
}

interface Task {
  readonly context: Context;
  readonly run: ShownRun;
  readonly environment: ShownEnvironment;
}

async function openRevert(task: Task, all: readonly PullRequest[]): Promise<void> {
  const { context, environment } = task;
  const { record } = environment.stored;
  const open = all.filter(({ head }) => head.startsWith(revertBranches(record)));
  const held = heldOf(record);
  if (held === undefined) {
    const why = `${record.app}/${record.environment} is held no longer: ${escapeMarkdown(record.last.why)}`;
    return closeAll(context, open, why);
  }
  const [known] = await context.github.pullRequests.ofBranch(revertBranch(held));
  const newest = known ?? (await make(task, held));
  if (newest?.state === 'open') {
    await startChecks(context.github, newest, task.run.run);
    await tellEdited(task, { held, pullRequest: newest, isNew: known === undefined });
  }
  const older = open.filter(({ head }) => head !== revertBranch(held));
  const by = newest === undefined ? '' : ` Its pull request: #${newest.number}.`;
  const why = `${record.app}/${record.environment} was rolled back again (rollback ${held.rollback}), to ${toCode(held.stable.build)}.${by}`;
  await closeAll(context, older, why);
  // Last, because it is for people's filters alone; who takes it away keeps it away.
  if (newest !== undefined && known === undefined) {
    await context.github.pullRequests.addLabel(newest.number, REVERT_LABEL);
  }
}

/** undefined: there is nothing to open, which is said. */
async function make(task: Task, held: Held): Promise<PullRequest | undefined> {
  const { context, run, environment } = task;
  const { github, terminal } = context;
  const name = `${held.app}/${held.environment}`;
  const base = await findBase(github.repository, run.run);
  const policy = await findPolicy(github.repository, searched(task, base.commit));
  if (policy === undefined) {
    terminal.note(
      `note: ${name}: no revert pull request: no file in ${run.policies.directory} of ${base.branch} is the policy of ${held.app} any more.`,
    );
    return undefined;
  }
  const edit = planRevert(held, { file: policy.path, text: policy.text });
  if (edit.kind === 'none') {
    terminal.note(`note: ${name}: no revert pull request: on ${base.branch} ${edit.why}.`);
    return undefined;
  }
  if (edit.kind === 'obstacle') {
    throw new RefusedError(`${name}: no revert pull request: ${edit.why}.`, edit.next);
  }
  await commit(task, { held, edit, policy, base });
  const story = await gatherStory(context, environment, { held, edit, run: run.run });
  const opened = await openOrFind(task, held, {
    base: base.branch,
    title: revertTitle(story),
    body: renderRevert(story),
  });
  terminal.note(`note: ${name}: revert pull request #${opened.number}: ${opened.url}`);
  await terminal.summary(`\n- ${name}: [revert pull request #${opened.number}](${opened.url})\n`);
  return opened;
}

function searched({ run, environment }: Task, ref: string) {
  const { app } = environment.subject;
  const { directory } = run.policies;
  const name = app.file.split(/[/\\]/).at(-1);
  // The record alone has no file, only words for where it was found.
  const expected = name?.endsWith('.yaml') === true ? name : undefined;
  return { app: app.app, directory, ref, expected };
}

interface Committing {
  readonly held: Held;
  readonly edit: RevertEdit;
  readonly policy: FoundPolicy;
  readonly base: Base;
}

/** From the commit that was read, so whatever the base branch gets meanwhile is merged by git or is its conflict. */
async function commit({ context }: Task, { held, edit, policy, base }: Committing): Promise<void> {
  const { repository } = context.github;
  const branch = revertBranch(held);
  const { path, sha } = policy;
  try {
    const message = `${revertTitle({ held, edit })}\n\nOnly release.build changes; visitors see no change.`;
    await repository.commitFile({ branch, from: base.commit, path, text: edit.text, sha, message });
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    // A run died before it opened anything, and since then the base, or a person, changed the file.
    const there = await repository.readFile(path, branch);
    const now = there && planRevert(held, { file: path, text: there.text });
    if (now?.kind === 'none' && now.isStable === true) return;
    throw new RefusedError(
      `The branch ${branch} is there with something else in ${path} than the revert; it is left alone.`,
      `Name build "${held.stable.build}" there and open a pull request from it, or delete the branch: the next run makes it anew.`,
    );
  }
}

/** Two runs at once make one: the other one's is as good. */
async function openOrFind(
  { context }: Task,
  held: Held,
  texts: { readonly base: string; readonly title: string; readonly body: string },
): Promise<PullRequest> {
  const { pullRequests } = context.github;
  const head = revertBranch(held);
  try {
    return await pullRequests.open({ head, ...texts });
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const [other] = await pullRequests.ofBranch(head);
    if (other === undefined) throw error;
    return other;
  }
}

const EDITED = '<!-- headgate:revert-edited -->';

/**
 * Of one that is not as we make it: somebody changed the branch, or had made it before us. That is said once,
 * because the description above, in our name, says something else.
 */
async function tellEdited(
  task: Task,
  { held, pullRequest, isNew }: { held: Held; pullRequest: PullRequest; isNew: boolean },
): Promise<void> {
  const { comments, pullRequests } = task.context.github;
  const files = await pullRequests.files(pullRequest.number);
  // What was written a second ago may not be there to be read yet (assumed).
  const build = isNew ? [] : await sayBuild(task, held, pullRequest.head);
  const differs = [...build, ...sayFiles(files)];
  if (differs.length === 0) return;
  if ((await comments.find(pullRequest.number, EDITED)) !== undefined) return;
  const text =
    `This branch is not as Headgate makes it: ${differs.join('; ')}. ` +
    'It is left as it is; merging it does what the plan says, not what the description above says.';
  await comments.write(pullRequest.number, `${EDITED}\n${text}\n`);
}

async function sayBuild(task: Task, held: Held, branch: string): Promise<readonly string[]> {
  const policy = await findPolicy(task.context.github.repository, searched(task, branch));
  const now = policy && planRevert(held, { file: policy.path, text: policy.text });
  if (now?.kind === 'none' && now.isStable === true) return [];
  const why =
    now === undefined
      ? `no file of it is the policy of ${held.app}`
      : now.kind === 'edit'
        ? `it names ${toCode(now.from)}, which was rolled back`
        : escapeMarkdown(now.why);
  return [`it no longer names ${toCode(held.stable.build)} for ${held.environment}: ${why}`];
}

/** More would fill the screen. */
const FILES_NAMED = 5;

/** A revert is one line of one file; nothing, once the base has it. */
function sayFiles(files: readonly ChangedFile[]): readonly string[] {
  const [only, ...others] = files;
  if (only === undefined) return [];
  if (others.length === 0 && only.added === 1 && only.deleted === 1) return [];
  const named = files
    .slice(0, FILES_NAMED)
    .map(({ path, added, deleted }) => `${toCode(path)} (+${added} -${deleted})`);
  const more = files.length > FILES_NAMED ? ` and ${files.length - FILES_NAMED} more` : '';
  return [`it changes more than that one line: ${named.join(', ')}${more}`];
}

async function closeAll(
  { github }: Pick<Context, 'github'>,
  pullRequests: readonly PullRequest[],
  why: string,
): Promise<void> {
  for (const { number } of pullRequests) await github.pullRequests.close(number, why);
}
