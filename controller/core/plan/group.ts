import type { EdgeFeature } from '../../../edge/contract/features.ts';
import { splitFloor } from '../../../edge/contract/floor.ts';
import { goldenValuesOf } from '../../../edge/contract/golden-values.ts';
import type { FloorTable } from '../../../edge/contract/route.ts';
import type { FunctionsGroup } from '../policy/policy.ts';
import { nameCode, type Code } from '../state/code-record.ts';
import { requestFunctionName, responseFunctionName } from './behaviours.ts';
import type { Change, PublishFunction } from './change.ts';
import { decideCode, type CodeDecision } from './code.ts';
import { buildFloor, isFloorCurrent, keepOthers } from './floor.ts';
import {
  checkStores,
  FLOOR_MOVED,
  nameRunning,
  sealGroup,
  writeCodeRecord,
  type AnyGroupFacts,
  type PlannedGroup,
} from './group-plan.ts';
import { planLambdaGroup, type LambdaGroupFacts } from './lambda-group.ts';

export type GroupFacts = FunctionsGroupFacts | LambdaGroupFacts;

/** Everything the plan of a group of CloudFront Functions is made from. */
export interface FunctionsGroupFacts extends AnyGroupFacts {
  readonly group: FunctionsGroup;
  /** Hash and text of each published function; undefined: there is none. */
  readonly live: {
    readonly request: LiveCode | undefined;
    readonly response: LiveCode | undefined;
  };
  /** What stands on the reserved keys. */
  readonly golden: ReadonlyMap<string, string>;
}

export interface LiveCode {
  /** Of the code without its floor table. */
  readonly hash: string;
  readonly code: string;
}

/** The one next plan of an edge group: code follows source, the floor follows what is served. */
export function planGroup(facts: GroupFacts, waits?: string): PlannedGroup {
  return isLambda(facts) ? planLambdaGroup(facts, waits) : planFunctions(facts, waits);
}

function isLambda(facts: GroupFacts): facts is LambdaGroupFacts {
  return facts.group.runtime === 'lambda-edge';
}

function planFunctions(facts: FunctionsGroupFacts, waits: string | undefined): PlannedGroup {
  const running = nameLive(facts);
  const decision = decideCode({ ...facts, live: running, waits });
  const { floor, left } = chooseFloor(facts, decision.code?.features);
  const moved = findMoved(facts, decision.code, floor);
  const refusals = [...checkStores(facts), ...decision.refusals];
  return sealGroup(facts, {
    decision,
    running,
    refusals,
    changes: refusals.length > 0 ? [] : changesOf(facts, { decision, moved, floor }),
    why: moved.floor ? FLOOR_MOVED : undefined,
    notes: left.length > 0 ? [`no floor for ${left.join(', ')}: the table is full`] : [],
  });
}

/** Both functions under one name. */
function nameLive(facts: FunctionsGroupFacts): Code | undefined {
  const { request, response } = facts.live;
  if (request === undefined || response === undefined) return undefined;
  return nameRunning(facts, nameCode({ request: request.hash, response: response.hash }, []));
}

interface Next {
  readonly decision: CodeDecision;
  readonly moved: Moved;
  readonly floor: FloorTable;
}

function changesOf(
  facts: FunctionsGroupFacts,
  { decision, moved, floor }: Next,
): readonly Change[] {
  const { code, record } = decision;
  if (code === undefined) return [];
  const changes: Change[] = [];
  for (const [key, value] of Object.entries(goldenValuesOf(code.features))) {
    if (facts.golden.get(key) === value) continue;
    changes.push({ kind: 'write-golden', store: facts.group.keyValueStore, key, value });
  }
  if (moved.request || moved.floor) changes.push(publish(facts, code, { role: 'request', floor }));
  if (moved.response) changes.push(publish(facts, code, { role: 'response', floor: undefined }));
  return [...changes, ...writeCodeRecord(facts, record)];
}

interface Moved {
  readonly request: boolean;
  readonly response: boolean;
  readonly floor: boolean;
}

function findMoved(
  { live, subjects }: FunctionsGroupFacts,
  code: Code | undefined,
  floor: FloorTable,
): Moved {
  const published = live.request && splitFloor(live.request.code).floor;
  return {
    request: live.request?.hash !== code?.request,
    response: live.response?.hash !== code?.response,
    floor: published !== undefined && !isFloorCurrent(published, floor, subjects),
  };
}

/** Hosts of environments that could not be read keep the floor they have. */
function chooseFloor(
  { live, subjects, isComplete }: FunctionsGroupFacts,
  features: readonly EdgeFeature[] = [],
): ReturnType<typeof buildFloor> {
  if (isComplete || live.request === undefined) return buildFloor(subjects, { features });
  const others = keepOthers(splitFloor(live.request.code).floor, subjects);
  return buildFloor(subjects, { others, features });
}

function publish(
  facts: FunctionsGroupFacts,
  code: Code,
  { role, floor }: Pick<PublishFunction, 'role' | 'floor'>,
): PublishFunction {
  const { group, source, live } = facts;
  const name =
    role === 'request' ? requestFunctionName(group.name) : responseFunctionName(group.name);
  const isComposed = 'hash' in source && source[role] === code[role];
  return {
    kind: 'publish-function',
    group: group.name,
    name,
    role,
    // Code of this runtime has both: that of the other was left behind when the record was read.
    hash: code[role] ?? '',
    floor,
    store: role === 'request' ? group.keyValueStore : undefined,
    archive: { bucket: group.bucket, region: group.region },
    from: live[role]?.hash ?? 'none',
    source: isComposed ? { features: source.features, before: group.before } : undefined,
  };
}
