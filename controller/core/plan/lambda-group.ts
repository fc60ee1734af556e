import type { LambdaEdgeConfig } from '../../../edge/contract/lambda-edge.ts';
import { splitFloor } from '../../../edge/contract/floor.ts';
import { goldenFloor } from './lambda-golden.ts';
import { GOLDEN_HOST, type FloorTable } from '../../../edge/contract/route.ts';
import type { LambdaGroup } from '../policy/policy.ts';
import type { Code } from '../state/code-record.ts';
import type { Change, PublishVersion } from './change.ts';
import { lambdaName } from './function-names.ts';
import { decideCode, type CodeDecision } from './code.ts';
import { buildHostTable, isFloorCurrent, keepOthers } from './floor.ts';
import {
  checkStores,
  FLOOR_MOVED,
  nameRunning,
  sealGroup,
  writeCodeRecord,
  type AnyGroupFacts,
  type PlannedGroup,
} from './group-plan.ts';

/** Everything the plan of a Lambda@Edge group is made from. */
export interface LambdaGroupFacts extends AnyGroupFacts {
  readonly group: LambdaGroup;
  /** The last published version of the function; undefined: there is none. */
  readonly live: LiveVersion | undefined;
}

export interface LiveVersion {
  readonly arn: string;
  /** Of the code without its host table; '' when what runs was never archived, so that nobody knows it. */
  readonly hash: string;
  readonly code: string;
  /** It runs as the role, and with the limits, that it should. */
  readonly isConfigured: boolean;
}

export function planLambdaGroup(facts: LambdaGroupFacts, waits: string | undefined): PlannedGroup {
  const { live } = facts;
  const running = live && nameRunning(facts, { hash: live.hash, features: [] });
  const decision = decideCode({ ...facts, live: running, waits });
  const { hosts, isMoved } = chooseHosts(facts);
  const refusals = [...checkStores(facts), ...decision.refusals];
  const published = refusals.length === 0 ? publishStale(facts, decision, { hosts, isMoved }) : [];
  const records = refusals.length === 0 ? recordCode(facts, decision) : [];
  const isNew = published.length > 0;
  const planned = sealGroup(facts, {
    decision,
    running,
    refusals,
    changes: [...published, ...records],
    why: explain(live, isMoved),
    notes: isNew && live !== undefined ? [SLOW] : [],
  });
  const lasting = lastingFeatures(decision, running);
  const version = { function: lambdaName(facts.group.name), arn: live?.arn, isNew, lasting };
  return { ...planned, version };
}

interface Hosts {
  readonly hosts: FloorTable;
  /** The published table no longer does its job. */
  readonly isMoved: boolean;
}

/** Hosts of environments that could not be read keep the row they have. */
function chooseHosts({ live, subjects, isComplete, group }: LambdaGroupFacts): Hosts {
  const published = splitFloor(live?.code ?? '').floor;
  const hosts = buildHostTable(subjects, {
    ...(isComplete ? {} : keepOthers(published, subjects)),
    [GOLDEN_HOST]: goldenFloor(group.region, group.bucket),
  });
  return { hosts, isMoved: !isFloorCurrent(published, hosts, subjects) };
}

/** Another version, if the code, its host table, or what it runs as differs. */
function publishStale(
  facts: LambdaGroupFacts,
  { code }: CodeDecision,
  { hosts, isMoved }: Hosts,
): readonly PublishVersion[] {
  const { live } = facts;
  if (code === undefined) return [];
  const isStale = live?.hash !== code.hash || isMoved || !live.isConfigured;
  return isStale ? [publish(facts, code, hosts)] : [];
}

function recordCode(facts: LambdaGroupFacts, { code, record }: CodeDecision): readonly Change[] {
  return code === undefined ? [] : writeCodeRecord(facts, record);
}

const SLOW =
  'a new version reaches visitors when CloudFront has deployed the distributions, which takes minutes';

function explain(live: LiveVersion | undefined, isMoved: boolean): string | undefined {
  if (live === undefined) return undefined;
  if (isMoved) return FLOOR_MOVED;
  return live.isConfigured ? undefined : "The function's role or limits differ from the policy.";
}

/** Until a distribution is deployed its edge locations run this code or the one before. */
function lastingFeatures({ code, record }: CodeDecision, running: Code | undefined) {
  const [current, former] = record.releases;
  const others = [running ?? current, former ?? current].filter((one) => one !== undefined);
  return (code?.features ?? []).filter((feature) =>
    others.every(({ features }) => features.includes(feature)),
  );
}

function publish(facts: LambdaGroupFacts, code: Code, hosts: FloorTable): PublishVersion {
  const { group, source, live } = facts;
  const isComposed = 'hash' in source && source.hash === code.hash;
  const { features } = code;
  return {
    kind: 'publish-version',
    group: group.name,
    name: lambdaName(group.name),
    role: group.role,
    hash: code.hash,
    hosts,
    archive: { bucket: group.bucket, region: group.region },
    from: live === undefined ? 'none' : live.hash || 'unknown',
    source: isComposed ? { features, config: configOf(group), before: group.before } : undefined,
  };
}

/** What is composed into the code beside its features. */
export function configOf({ routeMaxAgeSeconds, sessions }: LambdaGroup): LambdaEdgeConfig {
  return { routeMaxAgeSeconds, ...(sessions && { sessions }) };
}
