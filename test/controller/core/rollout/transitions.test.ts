import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { planRollback } from '../../../../controller/core/plan/rollback.ts';
import { advance } from '../../../../controller/core/rollout/advance.ts';
import {
  CONDITIONS,
  isAllowed,
  renderTransitions,
  TRANSITIONS,
} from '../../../../controller/core/rollout/transitions.ts';
import type { EnvironmentRecord, Phase } from '../../../../controller/core/state/record.ts';
import { readForRollback } from '../../../../controller/read/for-rollback.ts';
import { rolling, subjectOf } from '../../../fakes/rolling.ts';
import { environmentPolicy, World } from '../../../fakes/world.ts';

const README = fileURLToPath(new URL('../../../../controller/README.md', import.meta.url));

// `npm test -- transitions -u` writes the generated part again. The flag last: a path behind it would be its value.
test('the diagram in controller/README.md is that of the table', async () => {
  const written = readFileSync(README, 'utf8').replace(
    /<!-- transitions -->[^]*<!-- \/transitions -->/,
    () => `<!-- transitions -->\n\n${renderTransitions()}\n\n<!-- /transitions -->`,
  );
  expect(written).toContain('stateDiagram-v2');
  await expect(written).toMatchFileSnapshot(README);
});

test('every phase can be left, and reached', () => {
  const all = Object.entries(TRANSITIONS).filter(([event]) => event !== 'adopted');
  for (const phase of ['idle', 'rolling', 'baking', 'held'] as const) {
    expect(all.some(([, { from, to }]) => to !== 'same' && from.includes(phase))).toBe(true);
    expect(all.some(([, { to }]) => to !== 'same' && to.includes(phase))).toBe(true);
  }
});

/** A world in this phase, with build 2 as what rolls, bakes or was rolled back. */
async function reach(phase: Phase): Promise<World> {
  const world = await rolling();
  if (phase === 'baking') {
    for (let run = 0; run < 2; run++) {
      world.pass(60);
      await world.reconcile();
    }
  }
  if (phase === 'held') {
    world.fireAlarm();
    await world.reconcile();
    world.pass(1);
    world.alarm = 'OK';
  }
  if (phase === 'idle') {
    world.policy = environmentPolicy('1');
    await world.reconcile();
  }
  expect(world.storedRecord?.phase).toBe(phase);
  return world;
}

const PHASES = ['idle', 'rolling', 'baking', 'held'] as const;

describe('what a run does in each phase is in the table', () => {
  const policies = {
    stable: environmentPolicy('1'),
    canary: environmentPolicy('2'),
    another: environmentPolicy('3'),
    'at once': environmentPolicy('3', {
      release: { build: '3', line: 9, steps: [], bakeSeconds: 0, keep: 3 },
    }),
    frozen: environmentPolicy('3', {
      freeze: [{ reason: 'fair', from: '2026-01-01T00:00Z', to: '2027-01-01T00:00Z' }],
    }),
    unpublished: environmentPolicy('9'),
    'with a lift': environmentPolicy('2', {
      quarantine: [{ lift: '2', rollback: 3, reason: 'mended' }],
    }),
  };
  const cases = PHASES.flatMap((phase) =>
    Object.entries(policies).map(([name, policy]) => ({ phase, name, policy })),
  );
  it.each(cases)('$phase, $name', async ({ phase, policy }) => {
    const world = await reach(phase);
    world.policy = policy;
    for (const alarm of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
      world.alarm = alarm;
      for (const seconds of [0, 200, 90_000]) {
        world.pass(seconds);
        const before = world.storedRecord;
        const { plan } = await world.reconcile();
        const after = world.storedRecord;
        if (before === undefined || after === undefined) throw new Error('no record');
        if (after.generation === before.generation) expect(plan.direction).toBe('none');
        else expect(step(before, after)).toBe('allowed');
      }
    }
  });
});

function step(before: EnvironmentRecord, after: EnvironmentRecord): string {
  const { event } = after.last;
  return isAllowed(before.phase, event, after.phase)
    ? 'allowed'
    : `${before.phase} ${event} ${after.phase}`;
}

it.each(PHASES)('a rollback by hand from %s is in the table', async (phase) => {
  const world = await reach(phase);
  const { facts } = await readForRollback(world.context(), subjectOf(world));
  const to = { build: '3', digest: 'digest-of-3' };
  planRollback(facts, { reason: 'manual', evidence: [], to });
  const { changes } = planRollback(facts, { reason: 'manual', evidence: [], to });
  const written = changes.find((change) => change.kind === 'write-record');
  if (written?.kind !== 'write-record') throw new Error('nothing to roll back');
  expect(step(world.storedRecord as EnvironmentRecord, written.record)).toBe('allowed');
});

it('says only what a condition may say in that phase', async () => {
  for (const phase of PHASES) {
    const world = await reach(phase);
    for (const build of ['1', '2', '3']) {
      world.policy = environmentPolicy(build);
      const record = world.storedRecord;
      const decision = advance({
        policy: world.policy,
        record,
        desired: { build, digest: world.published.get(build) ?? '' },
        observations: { alarms: [], entered: [], enteredUnreadable: undefined },
        required: new Map(),
        now: new Date(world.now),
      });
      if (decision.kind === 'stay') expect(CONDITIONS[decision.condition].in).toContain(phase);
    }
  }
});

it('refuses a move that no transition makes', async () => {
  const world = await rolling();
  const record = world.storedRecord as EnvironmentRecord;
  const idleWithRollout = { ...record, phase: 'idle' as const };
  expect(() =>
    advance({
      policy: environmentPolicy('3'),
      record: idleWithRollout,
      desired: { build: '3', digest: 'digest-of-3' },
      observations: { alarms: [], entered: [], enteredUnreadable: undefined },
      required: new Map(),
      now: new Date(world.now),
    }),
  ).toThrow('rollout-superseded leads from idle to rolling');
});
