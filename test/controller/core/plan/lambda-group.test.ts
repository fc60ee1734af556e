import { describe, expect, it } from 'vitest';
import { withFloor } from '../../../../edge/contract/floor.ts';
import { GOLDEN_HOST, type FloorTable } from '../../../../edge/contract/route.ts';
import { planGroup } from '../../../../controller/core/plan/group.ts';
import type { LambdaGroupFacts } from '../../../../controller/core/plan/lambda-group.ts';
import { sealPlanSet } from '../../../../controller/core/plan/plan.ts';
import { renderPlanSet } from '../../../../controller/core/report/plan-text.ts';
import { nameCode } from '../../../../controller/core/state/code-record.ts';
import {
  DOMAIN,
  environmentPolicy,
  GROUP,
  HOST,
  LAMBDA_GROUP,
  World,
} from '../../../fakes/world.ts';

const world = new World(LAMBDA_GROUP);
world.publish('1');
await world.reconcile();
const record = world.storedRecord;
if (record === undefined) throw new Error('the world releases');
const now = new Date('2026-10-01T10:00:00Z');
const subjects = [
  { region: 'eu-west-1', bucket: 'shop-builds', spa: true, hosts: record.hosts, record, now },
];

const code = { hash: 'aaaa', features: [] };
const row = ['shop', 'prod', 'eu-west-1', '1', 1, 'shop-builds'] as const;
const hosts: FloorTable = {
  [GOLDEN_HOST]: ['Golden', 'golden', 'us-east-1', 'stable', 1, 'builds'],
  [HOST]: row,
  [DOMAIN]: row,
};

function facts(changes: Partial<LambdaGroupFacts> = {}): LambdaGroupFacts {
  return {
    group: LAMBDA_GROUP,
    source: code,
    record: {
      version: 1,
      group: 'prod',
      releases: [{ ...code, at: '2026-10-01T08:00:00.000Z', quiet: true }],
    },
    recordRevision: '1',
    errors: undefined,
    relies: [],
    now,
    live: { arn: 'arn:1', hash: 'aaaa', code: withFloor('code', hosts), isConfigured: true },
    subjects,
    isComplete: true,
    ...changes,
  };
}

function changesOf(changes: Partial<LambdaGroupFacts>) {
  const { plan } = planGroup(facts(changes));
  return plan.changes.map((change) =>
    change.kind === 'publish-version' ? { hash: change.hash, hosts: change.hosts } : change.kind,
  );
}

function liveWith(table: FloorTable): LambdaGroupFacts['live'] {
  return { arn: 'arn:1', hash: 'aaaa', code: withFloor('code', table), isConfigured: true };
}

describe('the plan of a Lambda@Edge group', () => {
  it('is nothing while code, hosts and role are right', () => {
    expect(planGroup(facts())).toMatchObject({
      plan: { direction: 'none', changes: [] },
      version: { function: 'headgate-prod', arn: 'arn:1', isNew: false },
      isSettled: true,
    });
  });

  it('says what it publishes, and how long that takes', () => {
    const source = { hash: 'bbbb', features: ['gate'] } as const;
    const set = sealPlanSet([planGroup(facts({ source })).plan]);
    expect(renderPlanSet(set).replace(set.checksum, 'CHECKSUM')).toMatchInlineSnapshot(`
      "edge group prod  CHANGE  code aaaa -> code bbbb with gate
        Edge code follows its source.
        write version of Lambda function headgate-prod: code aaaa -> bbbb, run with golden events first
        write record of edge group prod: code bbbb
        note: a new version reaches visitors when CloudFront has deployed the distributions, which takes minutes

      2 write(s). Plan checksum CHECKSUM."
    `);
  });

  it('publishes the first code with every host, its region and bucket, and the row of golden events', () => {
    expect(changesOf({ live: undefined, record: undefined })).toEqual([
      { hash: 'aaaa', hosts },
      'write-code-record',
    ]);
  });

  it('takes a new host, app or bucket into a new version, and no new release', () => {
    const { [HOST]: _host, ...fewer } = hosts;
    expect(changesOf({ live: liveWith(fewer) })).toEqual([{ hash: 'aaaa', hosts }]);
    const moved = { ...hosts, [HOST]: ['shop', 'prod', 'eu-west-1', '1', 1, 'old'] as const };
    expect(changesOf({ live: liveWith(moved) })).toEqual([{ hash: 'aaaa', hosts }]);
    const later = { ...record, stable: { build: '2', digest: 'd' }, kept: [record.stable] };
    expect(changesOf({ subjects: subjects.map((one) => ({ ...one, record: later })) })).toEqual([]);
  });

  it('holds more hosts than a CloudFront Function could', () => {
    const many = Array.from({ length: 200 }, (_, index) => `shop-${index}.example.com`);
    const grown = subjects.map((one) => ({ ...one, hosts: many }));
    const [published] = changesOf({ subjects: grown });
    expect(published).toMatchObject({ hosts: { 'shop-199.example.com': row } });
  });

  it('keeps the rows of environments that could not be read', () => {
    const live = { ...facts().live, hash: 'cccc' } as LambdaGroupFacts['live'];
    expect(changesOf({ live, subjects: [], isComplete: false })).toEqual([{ hash: 'aaaa', hosts }]);
  });

  it('publishes anew what runs as another role, or what nobody knows', () => {
    const base = { arn: 'arn:1', hash: 'aaaa', code: withFloor('code', hosts) };
    const other = planGroup(facts({ live: { ...base, isConfigured: false } })).plan;
    expect(other.why).toBe("The function's role or limits differ from the policy.");
    expect(other.changes).toMatchObject([{ kind: 'publish-version', role: LAMBDA_GROUP.role }]);
    const unknown = planGroup(
      facts({ live: { arn: 'arn:9', hash: '', code: '', isConfigured: true } }),
    ).plan;
    expect(unknown).toMatchObject({ direction: 'repair', changes: [{ from: 'unknown' }] });
  });

  it('rolls back to a quiet version, from the archive', () => {
    const releases = [
      { hash: 'bbbb', features: [], at: '2026-10-01T09:55:00.000Z', quiet: false },
      { ...code, at: '2026-10-01T08:00:00.000Z', quiet: true },
    ];
    const { plan } = planGroup(
      facts({
        source: { hash: 'bbbb', features: [] },
        record: { version: 1, group: 'prod', releases },
        errors: { count: 11 },
        live: { ...liveWith(hosts), arn: 'arn:2', hash: 'bbbb' } as LambdaGroupFacts['live'],
      }),
    );
    expect(plan.direction).toBe('rollback');
    expect(plan.changes[0]).toMatchObject({ kind: 'publish-version', hash: 'aaaa' });
    expect(plan.changes[0]).toMatchObject({ source: undefined });
  });

  it('leaves the code of the other runtime behind, and refuses to while an environment lives there', async () => {
    const functions = nameCode({ request: 'r', response: 's' }, []);
    const releases = [{ ...functions, at: '2026-10-01T08:00:00.000Z', quiet: true }];
    const former = { version: 1, group: 'prod', releases } as const;
    const empty = facts({ live: undefined, record: former, subjects: [] });
    expect(planGroup(empty).plan.changes).toMatchObject([
      { kind: 'publish-version', hash: 'aaaa' },
      { kind: 'write-code-record', record: { releases: [{ hash: 'aaaa', quiet: true }] } },
    ]);
    const other = new World(GROUP);
    other.publish('1');
    other.policy = environmentPolicy('1');
    await other.reconcile();
    const stored = other.storedRecord ?? record;
    const lived = subjects.map((one) => ({ ...one, record: stored }));
    const { plan } = planGroup(facts({ record: former, live: undefined, subjects: lived }));
    expect(plan.changes).toEqual([]);
    expect(plan.refusals[0]).toMatchObject({ exitCode: 3 });
    expect(plan.refusals[0]?.next).toContain("a live group can't change its runtime");
  });
});
