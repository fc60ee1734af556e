import { splitFloor } from '../../../edge/contract/floor.ts';
import { GOLDEN_ROUTE } from '../../../edge/contract/golden.ts';
import { GOLDEN_HOST, type FloorTable } from '../../../edge/contract/route.ts';
import { EXIT } from '../errors.ts';
import { nameCode, type Code } from '../state/code-record.ts';
import { requestFunctionName, responseFunctionName } from './behaviours.ts';
import type { Change, PublishFunction } from './change.ts';
import { decideCode, type CodeDecision, type CodeFacts } from './code.ts';
import { buildFloor, isFloorCurrent, type FloorSubject } from './floor.ts';
import { sealPlan, type Plan, type Refusal } from './plan.ts';

/** Everything an edge group's plan is made from. */
export interface GroupFacts extends Omit<CodeFacts, 'live' | 'waits'> {
  /** Hash and text of each published function; undefined: there is none. */
  readonly live: {
    readonly request: LiveCode | undefined;
    readonly response: LiveCode | undefined;
  };
  /** Revision of the stored record; undefined: there is none. */
  readonly recordRevision: string | undefined;
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

export interface PlannedGroup {
  readonly plan: Plan;
  /** What it runs once the plan is carried out; undefined: nothing. */
  readonly code: Code | undefined;
  /** It runs what its source composes to, and that is quiet: the next group may have its new code. */
  readonly isSettled: boolean;
}

/** The one next plan of an edge group: code follows source, the floor follows what is served. */
export function planGroup(facts: GroupFacts, waits?: string): PlannedGroup {
  const running = nameLive(facts);
  const decision = decideCode({ ...facts, live: running, waits });
  const { code } = decision;
  const { floor, left } = chooseFloor(facts);
  const moved = findMoved(facts, code, floor);
  const refusals = [...checkStores(facts), ...decision.refusals];
  const changes = refusals.length > 0 ? [] : changesOf(facts, { decision, moved, floor });
  const plan = sealPlan({
    subject: { kind: 'group', group: facts.group.name },
    direction: changes.length > 0 ? decision.direction : 'none',
    base: 0,
    why: moved.floor && running?.hash === code?.hash ? FLOOR_MOVED : decision.why,
    from: describeCode(running),
    to: describeCode(code),
    changes,
    evidence: [],
    notes: [
      ...(left.length > 0 ? [`no floor for ${left.join(', ')}: the table is full`] : []),
      ...noteMissing(facts, code),
    ],
    refusals,
    ...(decision.until !== undefined && { until: decision.until }),
  });
  const isRunning = running !== undefined && running.hash === code?.hash;
  return { plan, code, isSettled: isRunning && refusals.length === 0 && isQuiet(facts, decision) };
}

/** What the source composes to now, and not an earlier code that is pinned or was returned to. */
function isQuiet({ source }: GroupFacts, { record }: CodeDecision): boolean {
  const [release] = record.releases;
  return 'hash' in source && release?.hash === source.hash && release.quiet;
}

/** Whoever pins earlier code, or finds it rolled back, must know what is not enforced now. */
function noteMissing({ source }: GroupFacts, code: Code | undefined): readonly string[] {
  if (code === undefined || 'problem' in source) return [];
  const missing = source.features.filter((feature) => !code.features.includes(feature));
  if (missing.length === 0) return [];
  return [`code ${code.hash} has no ${missing.join(', ')}: routes that ask for it go without`];
}

const FLOOR_MOVED = 'The floor named a build that is no longer served, or missed a host.';

/** Both functions under one name, as the source or the record knows them. */
function nameLive({ live, source, record }: GroupFacts): Code | undefined {
  if (live.request === undefined || live.response === undefined) return undefined;
  const found = nameCode({ request: live.request.hash, response: live.response.hash }, []);
  const known = [...('hash' in source ? [source] : []), ...(record?.releases ?? [])];
  return known.find(({ hash }) => hash === found.hash) ?? found;
}

interface Next {
  readonly decision: CodeDecision;
  readonly moved: Moved;
  readonly floor: FloorTable;
}

function changesOf(facts: GroupFacts, { decision, moved, floor }: Next): readonly Change[] {
  const { group, recordRevision } = facts;
  const { code, record } = decision;
  const changes: Change[] = [];
  const golden = JSON.stringify(GOLDEN_ROUTE);
  if (facts.golden !== golden) {
    const store = group.keyValueStore;
    changes.push({ kind: 'write-golden', store, key: GOLDEN_HOST, value: golden });
  }
  if (code === undefined) return changes;
  if (moved.request || moved.floor) changes.push(publish(facts, code, { role: 'request', floor }));
  if (moved.response) changes.push(publish(facts, code, { role: 'response', floor: undefined }));
  // Last: a run that crashes before it finds its code live, and writes the record then.
  if (JSON.stringify(record) !== JSON.stringify(facts.record)) {
    const place = { bucket: group.bucket, region: group.region };
    changes.push({ kind: 'write-code-record', place, record, revision: recordRevision });
  }
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

function findMoved(
  { live, subjects }: GroupFacts,
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
function chooseFloor({ live, subjects, isComplete }: GroupFacts): ReturnType<typeof buildFloor> {
  if (isComplete || live.request === undefined) return buildFloor(subjects);
  const published = Object.entries(splitFloor(live.request.code).floor);
  const known = new Set(subjects.flatMap(({ hosts }) => hosts));
  const others = published.filter(([host]) => !known.has(host));
  return buildFloor(subjects, Object.fromEntries(others));
}

function publish(
  facts: GroupFacts,
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
    hash: code[role],
    floor,
    store: role === 'request' ? group.keyValueStore : undefined,
    archive: { bucket: group.bucket, region: group.region },
    from: live[role]?.hash ?? 'none',
    source: isComposed ? { features: source.features, before: group.before } : undefined,
  };
}

function describeCode(code: Code | undefined): string {
  if (code === undefined) return 'no code';
  const { hash, features } = code;
  return features.length === 0 ? `code ${hash}` : `code ${hash} with ${features.join(', ')}`;
}
