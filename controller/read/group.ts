import { createHash } from 'node:crypto';
import { splitFloor } from '../../edge/contract/floor.ts';
import { GOLDEN_HOST } from '../../edge/contract/route.ts';
import { requestFunctionName, responseFunctionName } from '../core/plan/behaviours.ts';
import type { FloorSubject } from '../core/plan/floor.ts';
import type { GroupFacts, LiveCode } from '../core/plan/group.ts';
import type { EdgeGroup } from '../core/policy/policy.ts';
import type { Context } from '../ports/context.ts';
import type { EdgeBundle } from '../ports/edge-bundler.ts';

/** Reads all that an edge group's plan is made from. */
export async function readGroup(
  context: Context,
  group: EdgeGroup,
  expected: {
    readonly bundle: EdgeBundle;
    readonly subjects: readonly FloorSubject[];
    readonly isComplete: boolean;
  },
): Promise<GroupFacts> {
  const { bundle, subjects, isComplete } = expected;
  const [request, response, store] = await Promise.all([
    readCode(context, requestFunctionName(group.name)),
    readCode(context, responseFunctionName(group.name)),
    context.routes.read(group.keyValueStore, [GOLDEN_HOST]),
  ]);
  return {
    group,
    composed: { request: bundle.request.hash, response: bundle.response.hash },
    live: { request, response },
    golden: store.values.get(GOLDEN_HOST),
    subjects,
    isComplete,
  };
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
