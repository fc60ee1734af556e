import { EXIT, RefusedError, UsageError, type ExitCode } from '../core/errors.ts';
import { describeCollection, renderBundles, renderCollection } from '../core/gc/report.ts';
import type { AppPolicy, Policies } from '../core/policy/policy.ts';
import type { Context } from '../ports/context.ts';
import { collectBundles, type BundlesResult } from './gc/bundles.ts';
import { renderUnfinished, type UnfinishedTold } from '../core/gc/unfinished.ts';
import { collectApp, type CollectionRequest, type CollectionResult } from './gc/collect.ts';
import { readRules, type Grace } from './gc/read-rules.ts';
import { requestOf } from './gc/request.ts';
import { collectUnfinished } from './gc/unfinished.ts';
import { seePullRequests, type SeePullRequests } from './gc/pull-requests.ts';
import type { Arguments, Command } from './command.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const gc: Command = {
  name: 'gc',
  summary: 'Delete what nothing needs any more; a dry run first',
  help: `headgate gc [--app <app>] [--apply] [--keep <n>] [--younger <duration>]
            [--grace <duration>] [--github | --open <numbers>]
            [--policies <dir>] [--json]

Says what it would delete, and why the rest stays; --apply does it. In two
steps: a build that nothing needs loses its manifest, and a tombstone keeps the
way back; its files go in a later run, when the grace period is over. What is
needed is read again before every batch. Any doubt ends it, with everything in
place.

Kept: builds that records or live routes name (stable, canary, kept, cohorts,
split, hold, quarantine, served before), floors of functions, builds with a
preview link, publishes under way and what they build on, the newest ones,
young ones, and builds of pull requests that are open. No pooled file goes while
something is being published. Parts of large files that were never completed
are aborted, and edge code that no record names goes in two steps, too.

  --app <app>           one app (default: all of the policies, and old edge
                        code)
  --apply               do it
  --keep <n>            the newest n builds, whatever names them (default: 20)
  --younger <duration>  and all younger ones (default: 30d)
  --grace <duration>    from retiring to deleting, at least 1h (default: 24h)
  --github              asks GitHub which pull requests are open, in a run of
                        the repository that published their builds
  --open <numbers>      the open pull requests, such as 12,15, or none: then
                        only their age counts. Without both they all stay
  --policies <dir>      directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json                what is deleted, retired and kept, with bytes, reasons

Exit codes: 0 done, 2 the policy or the arguments are wrong, 3 a doubt, or
another collection is running, 4 another one took over.`,
  options: {
    app: { type: 'string' },
    apply: { type: 'boolean', default: false },
    keep: { type: 'string', default: '20' },
    younger: { type: 'string', default: '30d' },
    grace: { type: 'string', default: '24h' },
    open: { type: 'string' },
    github: { type: 'boolean', default: false },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  run: runGc,
};

async function runGc({ values }: Arguments, context: Context): Promise<ExitCode> {
  const rules = readRules(values);
  const see = await seePullRequests(values, context);
  const { policies, issues } = await loadPolicies(
    context.files,
    String(values['policies'] ?? POLICIES_DIRECTORY),
  );
  // A group or an app that can't be read may name builds.
  if (issues.length > 0) {
    throw new UsageError(
      'The policies have issues, so not everything that names builds is known.',
      'headgate validate tells them; mend them first.',
    );
  }
  const claim = await readClaimant(values, context);
  const told = { apps: new Array<CollectionResult>(), unfinished: new Array<UnfinishedTold>() };
  const edgeCode = new Array<BundlesResult>();
  try {
    for (const app of chooseApps(policies, values['app'])) {
      if (await hasRoot(app, context)) leaveOut(app, values, context);
      else {
        const one = { app, policies, rules, see, claim };
        await collectOne(one, told, context);
      }
    }
    if (values['app'] === undefined) {
      edgeCode.push(...(await collectCode(policies, { rules, claim }, context)));
    }
  } finally {
    // Also what was done before a doubt.
    await tell({ ...told, edgeCode }, { isJson: values['json'] === true, context });
  }
  return edgeCode.some(({ doubt }) => doubt !== undefined) ? EXIT.unsafe : EXIT.done;
}

async function hasRoot(app: AppPolicy, context: Context): Promise<boolean> {
  return (
    app.root !== undefined || (await context.builds(app).readSettings(app.app))?.root !== undefined
  );
}

/** What lies beside its builds can't be told from them. Throws where nothing else was asked for. */
function leaveOut({ app }: AppPolicy, values: Arguments['values'], { terminal }: Context): void {
  const why = `Builds of ${app} lie at a root of their own, beside things that are not Headgate's.`;
  if (values['app'] !== undefined) {
    throw new UsageError(why, 'gc collects what lies below <app>/builds/ only.');
  }
  terminal.note(`${app} is left out: ${why}`);
}

interface Told {
  readonly apps: readonly CollectionResult[];
  readonly unfinished: readonly UnfinishedTold[];
  readonly edgeCode: readonly BundlesResult[];
}

/** All of it goes into the summary, too, where a run has one. */
async function tell(
  { apps, unfinished, edgeCode }: Told,
  { isJson, context: { terminal } }: { readonly isJson: boolean; readonly context: Context },
): Promise<void> {
  if (apps.length + edgeCode.length === 0) return;
  if (isJson) {
    const told = { apps: apps.map(describeCollection), unfinished, edgeCode };
    return terminal.print(JSON.stringify(told, undefined, 2));
  }
  const lines = [
    ...apps.map(renderCollection),
    ...unfinished.flatMap((told) => renderUnfinished(told) ?? []),
    ...edgeCode.map(renderBundles),
  ];
  const isDone =
    [...apps, ...edgeCode].every(isNothingLeft) &&
    unfinished.every(({ givenUp, isApplied }) => isApplied || givenUp.length === 0);
  for (const line of [...lines, ...(isDone ? [] : ['Add --apply to do it.'])]) terminal.print(line);
  // As a code block: names of builds are whatever somebody published.
  await terminal.summary(`\`\`\`\n${lines.join('\n')}\n\`\`\`\n`);
}

/** Nothing is left that `--apply` would do. */
function isNothingLeft(result: CollectionResult | BundlesResult): boolean {
  if (result.isApplied) return true;
  const lists =
    'plan' in result
      ? [result.plan.condemned, result.plan.swept, result.plan.restored, result.plan.expired]
      : [result.retired, result.deleted, result.restored];
  return lists.every((list) => list.length === 0);
}

/** Old edge code, bucket by bucket; of one app there is none. */
async function collectCode(
  { groups }: Policies,
  { rules, claim }: { readonly rules: Grace; readonly claim: Claimant | undefined },
  context: Context,
): Promise<readonly BundlesResult[]> {
  const results: BundlesResult[] = [];
  for (const bucket of new Set(groups.map((group) => group.bucket))) {
    const [first, ...others] = groups.filter((group) => group.bucket === bucket);
    if (first === undefined) continue;
    results.push(await collectBundles({ ...rules, groups: [first, ...others], claim }, context));
  }
  return results;
}

type Claimant = NonNullable<CollectionRequest['claim']>;

/** undefined: a dry run. */
async function readClaimant(
  values: Arguments['values'],
  { clock, surroundings }: Context,
): Promise<Claimant | undefined> {
  if (values['apply'] !== true) return undefined;
  const { by } = await surroundings.facts();
  // Of two at the same moment compare-and-set lets one through.
  return { token: clock.now().toISOString(), by };
}

interface One {
  readonly app: AppPolicy;
  readonly policies: Policies;
  readonly rules: Grace;
  readonly see: SeePullRequests;
  readonly claim: Claimant | undefined;
}

async function collectOne(
  { app, policies, rules, see, claim }: One,
  told: { readonly apps: CollectionResult[]; readonly unfinished: UnfinishedTold[] },
  context: Context,
): Promise<void> {
  const store = context.collections(app);
  const pullRequests = await see({ app: app.app, store });
  const asked = { app, policies, rules: { ...rules, pullRequests }, claim };
  const result = await collectApp(requestOf(asked, context), context);
  told.apps.push(result);
  refuseDoubts(result);
  const uploads = context.unfinishedUploads(app);
  const { publishing } = result.plan;
  const parts = { app: app.app, uploads, publishing, ...rules, isApplied: claim !== undefined };
  told.unfinished.push(await collectUnfinished(parts, context));
}

function refuseDoubts({ app, plan }: CollectionResult): void {
  if (plan.doubts.length === 0) return;
  throw new RefusedError(
    `Nothing of ${app} could be deleted, because of a doubt: ${plan.doubts.join('; ')}.`,
    'Mend that first; until then everything stays.',
  );
}

function chooseApps({ apps }: Policies, wanted: Arguments['values'][string]): readonly AppPolicy[] {
  if (wanted === undefined) return apps;
  const found = apps.filter(({ app }) => app === wanted);
  if (found.length > 0) return found;
  throw new UsageError(
    `There is no policy of ${String(wanted)}.`,
    `There is ${apps.map(({ app }) => app).join(', ') || 'none'}.`,
  );
}
