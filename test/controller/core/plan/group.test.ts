import { describe, expect, it } from 'vitest';
import { floorBytesLimit, withFloor } from '../../../../edge/contract/floor.ts';
import { goldenValuesOf } from '../../../../edge/contract/golden-values.ts';
import { buildFloor } from '../../../../controller/core/plan/floor.ts';
import { planGroup, type FunctionsGroupFacts } from '../../../../controller/core/plan/group.ts';
import { originBuild } from '../../../../controller/core/state/build.ts';
import { nameCode } from '../../../../controller/core/state/code-record.ts';
import type { EnvironmentRecord } from '../../../../controller/core/state/record.ts';
import { environmentPolicy, GROUP, World } from '../../../fakes/world.ts';

async function releasedRecord(): Promise<EnvironmentRecord> {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  for (let run = 0; run < 5; run++) {
    world.policy = environmentPolicy('2');
    world.pass(121);
    await world.reconcile();
  }
  const record = world.storedRecord;
  if (record === undefined) throw new Error('the world releases');
  return record;
}

const record = await releasedRecord();
const now = new Date('2026-10-01T10:00:00Z');
const subjects = [
  { region: 'us-east-1', bucket: 'builds', spa: true, hosts: record.hosts, record, now },
];
const { floor } = buildFloor(subjects);

const code = nameCode({ request: 'aaaa', response: 'bbbb' }, []);
const codeRecord = {
  version: 1,
  group: GROUP.name,
  releases: [{ ...code, at: '2026-10-01T08:00:00.000Z', quiet: true }],
} as const;

function facts(changes: Partial<FunctionsGroupFacts> = {}): FunctionsGroupFacts {
  return {
    group: GROUP,
    source: code,
    record: codeRecord,
    recordRevision: '1',
    errors: undefined,
    relies: [],
    now,
    live: {
      request: { hash: 'aaaa', code: withFloor('code', floor) },
      response: { hash: 'bbbb', code: 'code' },
    },
    golden: new Map(Object.entries(goldenValuesOf([]))),
    subjects,
    isComplete: true,
    ...changes,
  };
}

function kinds(group: FunctionsGroupFacts): readonly string[] {
  return planGroup(group).plan.changes.map((change) =>
    change.kind === 'publish-function' ? change.name : change.kind,
  );
}

function publishedWith(table: typeof floor): FunctionsGroupFacts['live'] {
  return { ...facts().live, request: { hash: 'aaaa', code: withFloor('code', table) } };
}

describe('planGroup', () => {
  it('plans nothing when code, floor and golden route are right', () => {
    expect(kinds(facts())).toEqual([]);
  });

  it('publishes both functions the first time, after the golden route they are tested with', () => {
    const live = { request: undefined, response: undefined };
    const first = facts({ live, record: undefined, golden: new Map() });
    expect(kinds(first)).toEqual([
      'write-golden',
      'headgate-prod-request',
      'headgate-prod-response',
      'write-code-record',
    ]);
  });

  it('brings the keys for golden tokens only to groups whose code reads tokens', () => {
    const keysOf = (source: FunctionsGroupFacts['source']) =>
      planGroup(facts({ source, golden: new Map() })).plan.changes.flatMap((change) =>
        change.kind === 'write-golden' ? [change.key] : [],
      );
    const [host, ...others] = keysOf(nameCode({ request: 'c', response: 'd' }, ['signed']));
    expect(others).toEqual([`signed.${host}`, 'keys/Golden/golden']);
    expect(keysOf(code)).toEqual([host]);
  });

  it('publishes only the function whose source changed', () => {
    const source = nameCode({ request: 'aaaa', response: 'cccc' }, []);
    expect(kinds(facts({ source }))).toEqual(['headgate-prod-response', 'write-code-record']);
  });

  it('leaves a floor that names a kept build: releases must not become code changes', () => {
    expect(record.kept.map(({ build }) => build)).toContain('1');
    const older = Object.fromEntries(
      Object.entries(floor).map(([host, [app, env, region, , spa]]) => [
        host,
        [app, env, region, '1', spa],
      ]),
    ) as typeof floor;
    expect(kinds(facts({ live: publishedWith(older) }))).toEqual([]);
  });

  it('republishes a floor that names a quarantined or forgotten build, or misses a host', () => {
    const forgotten = Object.fromEntries(
      Object.entries(floor).map(([host, [app, env, region, , spa]]) => [
        host,
        [app, env, region, '0', spa],
      ]),
    ) as typeof floor;
    expect(kinds(facts({ live: publishedWith(forgotten) }))).toEqual(['headgate-prod-request']);
    expect(kinds(facts({ live: publishedWith({}) }))).toEqual(['headgate-prod-request']);
  });

  it('has no build in the floor of a whole origin, and one again when a build is stable', () => {
    const stable = originBuild('green', 'https://green.example.com');
    const onOrigin = subjects.map((one) => ({ ...one, record: { ...record, stable } }));
    const { floor: none } = buildFloor(onOrigin);
    expect(new Set(Object.values(none).map(([, , , build]) => build))).toEqual(new Set(['']));
    expect(kinds(facts({ live: publishedWith(none), subjects: onOrigin }))).toEqual([]);
    expect(kinds(facts({ live: publishedWith(none) }))).toEqual(['headgate-prod-request']);
  });

  it('keeps the floors of environments it could not read', () => {
    const partly = { isComplete: false, subjects: [] };
    expect(kinds(facts(partly))).toEqual([]);
    const source = nameCode({ request: 'dddd', response: 'bbbb' }, []);
    const [change] = planGroup(facts({ ...partly, source })).plan.changes;
    expect(change).toMatchObject({ floor });
  });

  it('republishes a floor that names a forgotten build also when others could not be read', () => {
    const stale = ['shop', 'prod', 'us-east-1', '0', 1] as const;
    const other = ['checkout', 'prod', 'us-east-1', '7', 1] as const;
    const hosts = Object.fromEntries(record.hosts.map((host) => [host, stale]));
    const live = publishedWith({ ...hosts, 'checkout.example.com': other });
    const [change] = planGroup(facts({ live, isComplete: false })).plan.changes;
    expect(change).toMatchObject({ floor: { ...floor, 'checkout.example.com': other } });
  });

  it('is refused with another store than the one the routes live in', () => {
    const renamed = facts({ group: { ...GROUP, keyValueStore: 'elsewhere' }, golden: new Map() });
    const { plan } = planGroup(renamed);
    expect(plan.changes).toEqual([]);
    expect(plan.refusals).toMatchObject([
      { exitCode: 3, next: expect.stringContaining('headgate-prod') },
    ]);
  });

  it('names code and features, and what code that waits does not have', () => {
    const source = nameCode({ request: 'dddd', response: 'bbbb' }, ['signed', 'gate']);
    const { plan } = planGroup(facts({ source }));
    expect(plan).toMatchObject({
      from: `code ${code.hash}`,
      to: `code ${source.hash} with signed, gate`,
      notes: [],
    });
    const waiting = planGroup(facts({ source }), 'until group staging is quiet');
    expect(waiting).toMatchObject({ isSettled: false, code, plan: { direction: 'none' } });
    expect(waiting.plan.notes.join()).toContain(`code ${code.hash} has no signed, gate`);
    expect(planGroup(facts()).isSettled).toBe(true);
  });

  it('takes code that is not the source from the archive, also for a new floor alone', () => {
    const source = nameCode({ request: 'dddd', response: 'bbbb' }, []);
    const stale = facts({ source, live: publishedWith({}) });
    const [change] = planGroup(stale, 'until group staging is quiet').plan.changes;
    expect(change).toMatchObject({ hash: 'aaaa', source: undefined, floor });
  });

  it('leaves out hosts beyond the byte limit and says which', () => {
    const hosts = Array.from({ length: 60 }, (_, index) => `${'h'.repeat(40)}${index}.example.com`);
    const many = [{ region: 'us-east-1', bucket: 'builds', spa: true, hosts, record, now }];
    const { floor: full, left } = buildFloor(many);
    expect(Buffer.byteLength(JSON.stringify(full))).toBeLessThanOrEqual(floorBytesLimit([]));
    expect(left.length + Object.keys(full).length).toBe(60);
    // The code takes more.
    expect(buildFloor(many, { features: ['beacon'] }).left.length).toBeGreaterThan(left.length);
    expect(planGroup(facts({ subjects: many })).plan.notes.join()).toContain(left[0]);
  });
});
