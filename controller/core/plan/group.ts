import { splitFloor } from '../../../edge/contract/floor.ts';
import { GOLDEN_ROUTE } from '../../../edge/contract/golden.ts';
import { GOLDEN_HOST, type FloorTable } from '../../../edge/contract/route.ts';
import { EXIT } from '../errors.ts';
import type { EdgeGroup } from '../policy/policy.ts';
import { requestFunctionName, responseFunctionName } from './behaviours.ts';
import type { Change, PublishFunction } from './change.ts';
import { buildFloor, isFloorCurrent, type FloorSubject } from './floor.ts';
import { sealPlan, type Plan, type Refusal } from './plan.ts';

/** Everything an edge group's plan is made from. */
export interface GroupFacts {
  readonly group: EdgeGroup;
  /** Hash of each freshly composed bundle. */
  readonly composed: { readonly request: string; readonly response: string };
  /** Hash and text of each published function; undefined: there is none. */
  readonly live: {
    readonly request: LiveCode | undefined;
    readonly response: LiveCode | undefined;
  };
  /** What stands on the reserved key. */
  readonly golden: string | undefined;
  readonly subjects: readonly FloorSubject[];
  /** False when an environment of the group could not be read: its hosts then keep their floor. */
  readonly isComplete: boolean;
}

export interface LiveCode {
  /** Of the code without its floor table. */
  readonly hash: string;
  readonly code: string;
}

/** The one next plan of an edge group: code follows source, the floor follows what is served. */
export function planGroup(facts: GroupFacts): Plan {
  const { group, composed, live } = facts;
  const { floor, left } = chooseFloor(facts);
  const moved = findMoved(facts, floor);
  const refusals = checkStores(facts);
  const changes = refusals.length > 0 ? [] : changesOf(facts, moved, floor);
  return sealPlan({
    subject: { kind: 'group', group: group.name },
    direction: changes.length > 0 ? 'forward' : 'none',
    base: 0,
    why: explain(moved, live.request === undefined),
    from: nameCode(live.request?.hash, live.response?.hash),
    to: nameCode(composed.request, composed.response),
    changes,
    evidence: [],
    notes: left.length > 0 ? [`no floor for ${left.join(', ')}: the table is full`] : [],
    refusals,
  });
}

function changesOf(facts: GroupFacts, moved: Moved, floor: FloorTable): readonly Change[] {
  const changes: Change[] = [];
  const golden = JSON.stringify(GOLDEN_ROUTE);
  if (facts.golden !== golden) {
    const store = facts.group.keyValueStore;
    changes.push({ kind: 'write-golden', store, key: GOLDEN_HOST, value: golden });
  }
  if (moved.request || moved.floor) changes.push(publish(facts, 'request', floor));
  if (moved.response) changes.push(publish(facts, 'response', undefined));
  return changes;
}

/** Published with another store, the function would lose the routes of every environment at once. */
function checkStores({ group, subjects }: GroupFacts): readonly Refusal[] {
  const strayed = subjects.find(({ record }) => record.store !== group.keyValueStore);
  if (strayed === undefined) return [];
  const { app, environment, store } = strayed.record;
  return [
    {
      exitCode: EXIT.unsafe,
      message: `the route of ${app}/${environment} lives in KeyValueStore ${store}, the policy has ${group.keyValueStore}`,
      next: `Name ${store} again in edge.yaml: a live group can't change its store.`,
    },
  ];
}

interface Moved {
  readonly request: boolean;
  readonly response: boolean;
  readonly floor: boolean;
}

function findMoved({ composed, live, subjects }: GroupFacts, floor: FloorTable): Moved {
  const published = live.request && splitFloor(live.request.code).floor;
  return {
    request: live.request?.hash !== composed.request,
    response: live.response?.hash !== composed.response,
    floor: published !== undefined && !isFloorCurrent(published, floor, subjects),
  };
}

/** Hosts of environments that could not be read keep the floor they have. */
function chooseFloor({ live, subjects, isComplete }: GroupFacts): ReturnType<typeof buildFloor> {
  if (isComplete || live.request === undefined) return buildFloor(subjects);
  const published = Object.entries(splitFloor(live.request.code).floor);
  const known = new Set(subjects.flatMap(({ hosts }) => hosts));
  const others = published.filter(([host]) => !known.has(host));
  return buildFloor(subjects, Object.fromEntries(others));
}

function publish(
  facts: GroupFacts,
  role: 'request' | 'response',
  floor: FloorTable | undefined,
): PublishFunction {
  const { group, composed, live } = facts;
  const name =
    role === 'request' ? requestFunctionName(group.name) : responseFunctionName(group.name);
  return {
    kind: 'publish-function',
    group: group.name,
    name,
    role,
    hash: composed[role],
    floor,
    store: role === 'request' ? group.keyValueStore : undefined,
    archive: { bucket: group.bucket, region: group.region },
    from: live[role]?.hash ?? 'none',
  };
}

function explain(moved: Moved, isFirst: boolean): string {
  if (isFirst) return 'Edge code is published for the first time.';
  if (moved.request || moved.response) return 'Edge code follows its source.';
  if (moved.floor) return 'The floor named a build that is no longer served, or missed a host.';
  return 'Edge code is as composed.';
}

function nameCode(request: string | undefined, response: string | undefined): string {
  return request === undefined && response === undefined
    ? 'no code'
    : `code ${request ?? 'none'}/${response ?? 'none'}`;
}
