import { createHash } from 'node:crypto';
import type { EdgeFeature } from '../../edge/contract/features.ts';
import { splitFloor } from '../../edge/contract/floor.ts';
import { GOLDEN_HOST } from '../../edge/contract/route.ts';
import { UsageError } from '../core/errors.ts';
import { requestFunctionName, responseFunctionName } from '../core/plan/behaviours.ts';
import { watchEnd, type CodeFacts, type ErrorsSeen } from '../core/plan/code.ts';
import type { FloorSubject } from '../core/plan/floor.ts';
import type { GroupFacts, LiveCode } from '../core/plan/group.ts';
import type { EdgeGroup } from '../core/policy/policy.ts';
import { nameCode, type CodeRecord } from '../core/state/code-record.ts';
import type { Context } from '../ports/context.ts';
import { composeGroup } from './compose-group.ts';

/** Reads all that an edge group's plan is made from. */
export async function readGroup(
  context: Context,
  group: EdgeGroup,
  expected: {
    readonly features: readonly EdgeFeature[];
    readonly subjects: readonly FloorSubject[];
    readonly isComplete: boolean;
  },
): Promise<GroupFacts> {
  const { features, subjects, isComplete } = expected;
  const now = context.clock.now();
  const [source, request, response, store, stored] = await Promise.all([
    readSource(context, group, features),
    readCode(context, requestFunctionName(group.name)),
    readCode(context, responseFunctionName(group.name)),
    context.routes.read(group.keyValueStore, [GOLDEN_HOST]),
    context.codeRecords(group).read(group.name),
  ]);
  return {
    group,
    source,
    live: { request, response },
    record: stored?.record,
    recordRevision: stored?.revision,
    errors: await readErrors(context, group, { record: stored?.record, now }),
    golden: store.values.get(GOLDEN_HOST),
    subjects,
    isComplete,
    now,
  };
}

/** What is wrong with the team's own part is the policy's problem; ours going wrong is a bug. */
async function readSource(
  context: Context,
  group: EdgeGroup,
  features: readonly EdgeFeature[],
): Promise<CodeFacts['source']> {
  try {
    const { request, response } = await composeGroup(context, features, group.before);
    return nameCode({ request: request.hash, response: response.hash }, features);
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message };
    throw error;
  }
}

/** Of the code that is being watched, as long as its watch is not concluded. */
async function readErrors(
  context: Context,
  group: EdgeGroup,
  { record, now }: { readonly record: CodeRecord | undefined; readonly now: Date },
): Promise<ErrorsSeen | undefined> {
  const watched = record?.releases[0];
  if (watched === undefined || watched.quiet) return undefined;
  const functions = [requestFunctionName(group.name), responseFunctionName(group.name)];
  const end = watchEnd(watched, group);
  try {
    const since = new Date(watched.at);
    const count = await context.functionMetrics.countErrors(
      functions,
      since,
      now < end ? now : end,
    );
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

function hashCode(code: string): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}
