import { createHash } from 'node:crypto';
import { EDGE_FEATURES, type EdgeFeature } from '../../edge/contract/features.ts';
import { splitFloor } from '../../edge/contract/floor.ts';
import { goldenValuesOf } from '../../edge/contract/golden-values.ts';
import { UsageError } from '../core/errors.ts';
import { requestFunctionName, responseFunctionName } from '../core/plan/behaviours.ts';
import type { CodeFacts } from '../core/plan/code.ts';
import { watchWindow, type ErrorsSeen } from '../core/plan/code-watch.ts';
import { reliedOn } from '../core/plan/features.ts';
import type { FloorSubject } from '../core/plan/floor.ts';
import type { GroupFacts, LiveCode } from '../core/plan/group.ts';
import type { AnyGroupFacts } from '../core/plan/group-plan.ts';
import { lambdaName } from '../core/plan/function-names.ts';
import { configOf, type LiveVersion } from '../core/plan/lambda-group.ts';
import type { EdgeGroup, LambdaGroup } from '../core/policy/policy.ts';
import { nameCode, publishedKey, type CodeRecord } from '../core/state/code-record.ts';
import type { Context } from '../ports/context.ts';
import { composeGroup, composeLambda } from './compose-group.ts';

interface Expected {
  readonly features: readonly EdgeFeature[];
  readonly subjects: readonly FloorSubject[];
  readonly isComplete: boolean;
  /** Of all its environments. */
  readonly distributions: readonly string[];
  /** The live ones, as text. */
  readonly routes: readonly (string | undefined)[];
}

/** Reads all that an edge group's plan is made from. */
export async function readGroup(
  context: Context,
  group: EdgeGroup,
  expected: Expected,
): Promise<GroupFacts> {
  const shared = await readShared(context, group, expected);
  if (group.runtime === 'lambda-edge') {
    return { ...shared, group, live: await readVersion(context, group) };
  }
  const [request, response, store] = await Promise.all([
    readCode(context, requestFunctionName(group.name)),
    readCode(context, responseFunctionName(group.name)),
    context.routes.read(group.keyValueStore, Object.keys(goldenValuesOf(EDGE_FEATURES))),
  ]);
  return { ...shared, group, live: { request, response }, golden: store.values };
}

async function readShared(
  context: Context,
  group: EdgeGroup,
  { features, subjects, isComplete, distributions, routes }: Expected,
): Promise<Omit<AnyGroupFacts, 'group'>> {
  const now = context.clock.now();
  const [source, stored] = await Promise.all([
    readSource(context, group, features),
    context.codeRecords(group).read(group.name),
  ]);
  const record = stored?.record;
  const errors = await readErrors(context, group, { record, now, distributions });
  const recordRevision = stored?.revision;
  const relies = reliedOn(routes, isComplete ? [] : (record?.releases[0]?.features ?? []));
  return { source, record, recordRevision, errors, relies, subjects, isComplete, now };
}

/** What is wrong with the team's own part is the policy's problem; ours going wrong is a bug. */
async function readSource(
  context: Context,
  group: EdgeGroup,
  features: readonly EdgeFeature[],
): Promise<CodeFacts['source']> {
  try {
    if (group.runtime === 'lambda-edge') {
      const source = { features, config: configOf(group), before: group.before };
      return { hash: (await composeLambda(context, source)).hash, features };
    }
    const { request, response } = await composeGroup(context, features, group.before);
    return nameCode({ request: request.hash, response: response.hash }, features);
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message };
    throw error;
  }
}

interface Watching {
  readonly record: CodeRecord | undefined;
  readonly now: Date;
  readonly distributions: readonly string[];
}

/** Of the code that is being watched, as long as its watch is not concluded. */
async function readErrors(
  context: Context,
  group: EdgeGroup,
  { record, now, distributions }: Watching,
): Promise<ErrorsSeen | undefined> {
  const watched = record?.releases[0];
  if (watched === undefined || watched.quiet) return undefined;
  const { functionMetrics } = context;
  const functions = [requestFunctionName(group.name), responseFunctionName(group.name)];
  const { since, until: end } = watchWindow(watched, group);
  const until = now < end ? now : end;
  try {
    const count =
      group.runtime === 'lambda-edge'
        ? await functionMetrics.countLambdaErrors(distributions, since, until)
        : await functionMetrics.countErrors(functions, since, until);
    return { count };
  } catch (error) {
    // Not knowing is evidence too: the code isn't quiet, and later groups wait.
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

async function readCode(context: Context, name: string): Promise<LiveCode | undefined> {
  const live = await context.edgeCode.readLive(name);
  if (live === undefined) return undefined;
  // Hashed anew rather than read from the comment: code edited by hand is drift too.
  return { hash: hashCode(splitFloor(live.code).code), code: live.code };
}

/** What was not published by us has other bytes than anything in the archive, and is drift. */
async function readVersion(context: Context, group: LambdaGroup): Promise<LiveVersion | undefined> {
  const { lambdaCode } = context;
  const version = await lambdaCode.readLast(lambdaName(group.name));
  if (version === undefined) return undefined;
  const archived = await context.archive(group).read(publishedKey(version.codeSha256));
  const isKnown =
    archived !== undefined && (await lambdaCode.digest(archived)) === version.codeSha256;
  const code = isKnown ? archived : '';
  return {
    arn: version.arn,
    hash: isKnown ? hashCode(splitFloor(code).code) : '',
    code,
    isConfigured: version.isCurrent && version.role === group.role,
  };
}

function hashCode(code: string): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}
