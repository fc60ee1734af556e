/** What the plans of all edge groups share, whatever runs their code. */
import type { EdgeFeature } from '../../../edge/contract/features.ts';
import { EXIT } from '../errors.ts';
import { storeOf } from '../policy/policy.ts';
import type { Code, CodeRecord } from '../state/code-record.ts';
import type { Change } from './change.ts';
import type { CodeDecision, CodeFacts } from './code.ts';
import { nameStore } from './describe.ts';
import type { FloorSubject } from './floor.ts';
import { sealPlan, type Plan, type Refusal } from './plan.ts';

/** Everything an edge group's plan is made from, beside what is published. */
export interface AnyGroupFacts extends Omit<CodeFacts, 'live' | 'waits'> {
  /** Revision of the stored record; undefined: there is none. */
  readonly recordRevision: string | undefined;
  readonly subjects: readonly FloorSubject[];
  /** False when an environment of the group could not be read: its hosts then keep their floor. */
  readonly isComplete: boolean;
}

export interface PlannedGroup {
  readonly plan: Plan;
  /** What it runs once the plan is carried out; undefined: nothing. */
  readonly code: Code | undefined;
  /** It runs what its source composes to, and that is quiet: the next group may have its new code. */
  readonly isSettled: boolean;
  /** Of Lambda@Edge: what the behaviours of its environments must run. */
  readonly version?: PlannedVersion;
}

export interface PlannedVersion {
  readonly function: string;
  /** The last published version when the plan was made; undefined: there is none. */
  readonly arn: string | undefined;
  /** The plan publishes another one. */
  readonly isNew: boolean;
  /** What the code before can do too: edge locations may go on running it for minutes. */
  readonly lasting: readonly EdgeFeature[];
}

interface GroupOutcome {
  readonly decision: CodeDecision;
  readonly running: Code | undefined;
  readonly refusals: readonly Refusal[];
  readonly changes: readonly Change[];
  /** Only the floor moves: why. */
  readonly why: string | undefined;
  readonly notes: readonly string[];
}

export function sealGroup(facts: AnyGroupFacts, outcome: GroupOutcome): PlannedGroup {
  const { decision, running, refusals, changes } = outcome;
  const { code } = decision;
  const isRunning = running !== undefined && running.hash === code?.hash;
  const plan = sealPlan({
    subject: { kind: 'group', group: facts.group.name },
    direction: changes.length > 0 ? decision.direction : 'none',
    base: 0,
    why: (running?.hash === code?.hash ? outcome.why : undefined) ?? decision.why,
    from: describeCode(running),
    to: describeCode(code),
    changes,
    evidence: [],
    notes: [...outcome.notes, ...noteMissing(facts, code)],
    refusals,
    ...(decision.until !== undefined && { until: decision.until }),
  });
  return { plan, code, isSettled: isRunning && refusals.length === 0 && isQuiet(facts, decision) };
}

/** What the source composes to now, and not an earlier code that is pinned or was returned to. */
function isQuiet({ source }: AnyGroupFacts, { record }: CodeDecision): boolean {
  const [release] = record.releases;
  return 'hash' in source && release?.hash === source.hash && release.quiet;
}

/** Whoever pins earlier code, or finds it rolled back, must know what is not enforced now. */
function noteMissing({ source }: AnyGroupFacts, code: Code | undefined): readonly string[] {
  if (code === undefined || 'problem' in source) return [];
  const missing = source.features.filter((feature) => !code.features.includes(feature));
  if (missing.length === 0) return [];
  return [`code ${code.hash} has no ${missing.join(', ')}: routes that ask for it go without`];
}

export const FLOOR_MOVED =
  'The floor named a build that is no longer served or must not be without its gate, or missed a host.';

/** What runs, as the source or the record knows it. */
export function nameRunning({ source, record }: AnyGroupFacts, found: Code): Code {
  const known = [...('hash' in source ? [source] : []), ...(record?.releases ?? [])];
  return known.find(({ hash }) => hash === found.hash) ?? found;
}

/** Last: a run that crashes before it finds its code live, and writes the record then. */
export function writeCodeRecord(facts: AnyGroupFacts, record: CodeRecord): readonly Change[] {
  if (JSON.stringify(record) === JSON.stringify(facts.record)) return [];
  const { bucket, region } = facts.group;
  const place = { bucket, region };
  return [{ kind: 'write-code-record', place, record, revision: facts.recordRevision }];
}

/** Published with another store, the code would lose the routes of every environment at once. */
export function checkStores({ group, subjects }: AnyGroupFacts): readonly Refusal[] {
  const wanted = storeOf(group);
  const strayed = subjects.find(({ record }) => record.store !== wanted);
  if (strayed === undefined) return [];
  const { app, environment, store } = strayed.record;
  const former = store ?? 'runtime lambda-edge';
  const what = store === undefined || wanted === undefined ? 'runtime' : 'store';
  return [
    {
      exitCode: EXIT.unsafe,
      message: `the route of ${app}/${environment} lives in ${nameStore(store)}, the policy has ${nameStore(wanted)}`,
      next: `Name ${former} again in edge.yaml: a live group can't change its ${what}.`,
    },
  ];
}

function describeCode(code: Code | undefined): string {
  if (code === undefined) return 'no code';
  const { hash, features } = code;
  return features.length === 0 ? `code ${hash}` : `code ${hash} with ${features.join(', ')}`;
}
