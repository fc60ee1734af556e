import { describe, expect, it } from 'vitest';
import {
  countWanted,
  isSettled,
  planDeployments,
  type Listed,
} from '../../../../controller/core/github/deployments.ts';
import { findStart } from '../../../../controller/core/github/start.ts';
import type { Shown } from '../../../../controller/core/github/wanted-deployments.ts';
import { planEnvironment } from '../../../../controller/core/plan/environment.ts';
import { planRollback } from '../../../../controller/core/plan/rollback.ts';
import { applyPlan } from '../../../../controller/apply/apply.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import { readForRollback } from '../../../../controller/read/for-rollback.ts';
import { subjectOf } from '../../../fakes/rolling.ts';
import { environmentPolicy, World } from '../../../fakes/world.ts';

/** GitHub's list of one environment, and whoever brings it up to date. */
class Board {
  listed: Listed[] = [];
  sets: string[] = [];

  /** What one run does, and that a second one does nothing. */
  show(shown: Shown): void {
    for (let round = 0; round < 3; round++) {
      const steps = planDeployments(shown, this.listed);
      for (const step of steps) {
        if (step.kind === 'create') this.create(step.payload);
        else this.set(step.id, step);
      }
      if (steps.every(({ kind }) => kind === 'set')) break;
    }
    expect(planDeployments(shown, this.listed)).toEqual([]);
  }

  /** Whether a look at the newest is all that a further run needs. */
  isSeenAtOnce(shown: Shown): boolean {
    const newest = this.listed.slice(0, countWanted(shown));
    return isSettled(planDeployments(shown, newest), newest);
  }

  create(payload: Listed['payload']): void {
    const id = this.listed.length + 1;
    this.listed = [{ id, environment: 'shop/prod', payload, status: undefined }, ...this.listed];
  }

  set(id: number, { state, description }: NonNullable<Listed['status']>): void {
    this.sets.push(`${id} ${state}`);
    this.listed = this.listed.map((one) =>
      one.id === id ? { ...one, status: { state, description } } : one,
    );
  }

  get states(): readonly string[] {
    return this.listed
      .map(({ payload, status }) => `${payload.build} ${status?.state ?? 'none'}`)
      .toReversed();
  }

  get said(): string | undefined {
    return this.listed[0]?.status?.description;
  }
}

async function look(world: World, isPolicyKnown = true): Promise<Shown> {
  const facts = await readEnvironment(world.context(), subjectOf(world), {
    by: 'tester',
    commit: 'abc',
  });
  const record = world.storedRecord;
  if (record === undefined) throw new Error('never released');
  const start = isPolicyKnown ? findStart(facts, planEnvironment(facts)) : undefined;
  return { record, policy: world.policy, start };
}

async function move(world: World, board: Board, build?: string): Promise<void> {
  if (build !== undefined) world.policy = environmentPolicy(build);
  await world.reconcile();
  board.show(await look(world));
}

async function released(): Promise<{ readonly world: World; readonly board: Board }> {
  const world = new World();
  world.publish('1', '2', '3');
  const board = new Board();
  await move(world, board);
  return { world, board };
}

async function goBack(world: World, to: string | undefined): Promise<void> {
  const { facts } = await readForRollback(world.context(), subjectOf(world));
  const target =
    to === undefined ? undefined : { build: to, digest: world.published.get(to) ?? '' };
  const cause = { reason: 'manual', evidence: ['too slow'] } as const;
  const plan = planRollback(facts, { ...cause, ...(target && { to: target }) });
  await applyPlan(plan, world.context());
}

describe('deployments follow a release', () => {
  it('to its end: the former one stays until the new one is stable', async () => {
    const { world, board } = await released();
    expect(board.states).toEqual(['1 success']);
    await move(world, board, '2');
    expect(board.states).toEqual(['1 success', '2 in_progress']);
    expect(board.said).toBe(
      '5 % of visitors, step 1 of 2; next step not before 2026-03-01 00:01 UTC.',
    );
    world.pass(61);
    await move(world, board);
    expect(board.said).toContain('25 % of visitors, step 2 of 2');
    expect(board.isSeenAtOnce(await look(world))).toBe(true);
    world.pass(61);
    await move(world, board);
    expect(board.said).toBe('Everyone gets it; baking until 2026-03-01 00:04:02 UTC at least.');
    expect(board.states).toEqual(['1 success', '2 in_progress']);
    world.pass(121);
    await move(world, board);
    expect(board.states).toEqual(['1 inactive', '2 success']);
    expect(board.sets.slice(-2)).toEqual(['1 inactive', '2 success']);
    expect(board.isSeenAtOnce(await look(world))).toBe(true);
  });

  it('that is rolled back: failure with the reason, and stable stays', async () => {
    const { world, board } = await released();
    await move(world, board, '2');
    world.fireAlarm();
    await move(world, board);
    expect(board.states).toEqual(['1 success', '2 failure']);
    expect(board.said).toMatch(/^Rolled back in generation 3: shop-prod-errors entered ALARM/);
    // The policy follows, and then tries it again: another rollout is another deployment.
    world.alarm = 'OK';
    world.pass(10);
    await move(world, board, '1');
    expect(board.states).toEqual(['1 success', '2 failure']);
    world.policy = environmentPolicy('2', {
      quarantine: [{ lift: '2', rollback: 3, reason: 'mended' }],
    });
    world.pass(400);
    await move(world, board);
    expect(board.states).toEqual(['1 success', '2 failure', '2 in_progress']);
  });

  it('that another one supersedes, or that is called off', async () => {
    const { world, board } = await released();
    await move(world, board, '2');
    world.pass(10);
    await move(world, board, '3');
    expect(board.states).toEqual(['1 success', '2 inactive', '3 in_progress']);
    world.pass(10);
    await move(world, board, '1');
    expect(board.states).toEqual(['1 success', '2 inactive', '3 inactive']);
  });

  it('that a person takes further back: the target is a success again, as a new one', async () => {
    const { world, board } = await released();
    for (const [index, seconds] of [1, 61, 61, 121].entries()) {
      world.pass(seconds);
      await move(world, board, index === 0 ? '2' : undefined);
    }
    world.pass(60);
    await goBack(world, '1');
    board.show(await look(world, false));
    expect(board.states).toEqual(['1 inactive', '2 inactive', '1 success']);
    expect(board.listed[1]?.status?.description).toContain('too slow');
  });

  it('from wherever GitHub was left behind', async () => {
    const { world } = await released();
    const late = new Board();
    world.policy = environmentPolicy('2');
    await world.reconcile();
    world.fireAlarm();
    await world.reconcile();
    late.show(await look(world));
    expect(late.states).toEqual(['1 success', '2 failure']);
    // It heard of the start and of nothing since.
    const { world: other, board } = await released();
    await move(other, board, '2');
    for (const seconds of [61, 61, 121]) {
      other.pass(seconds);
      await other.reconcile();
    }
    board.show(await look(other));
    expect(board.states).toEqual(['1 inactive', '2 success']);
  });
});

describe('a release that something keeps back', () => {
  const frozen = environmentPolicy('2', {
    freeze: [
      { from: '2026-03-01T00:00Z', to: '2026-03-02T00:00Z', reason: 'holidays', line: 30 } as never,
    ],
  });

  it('is queued with the reason, and the same deployment goes on', async () => {
    const { world, board } = await released();
    world.policy = frozen;
    await move(world, board);
    expect(board.states).toEqual(['1 success', '2 queued']);
    expect(board.said).toMatch(/^Frozen until 2026-03-02/);
    await move(world, board, '2');
    expect(board.states).toEqual(['1 success', '2 in_progress']);
  });

  it('ends when the policy names another build, not when nobody knows what it names', async () => {
    const { world, board } = await released();
    world.policy = frozen;
    await move(world, board);
    board.show(await look(world, false));
    expect(board.states).toEqual(['1 success', '2 queued']);
    await move(world, board, '1');
    expect(board.states).toEqual(['1 success', '2 inactive']);
  });

  it('is not queued when it waits for a policy edit alone', async () => {
    const { world, board } = await released();
    await move(world, board, '9');
    await move(world, board, '2');
    world.fireAlarm();
    await move(world, board);
    await move(world, board);
    expect(board.states).toEqual(['1 success', '2 failure']);
  });
});

describe('other runs', () => {
  it('that made the same deployment at once: both go on with the older one', async () => {
    const { world, board } = await released();
    world.policy = environmentPolicy('2');
    await world.reconcile();
    const shown = await look(world);
    const [step] = planDeployments(shown, board.listed);
    if (step?.kind !== 'create') throw new Error('nothing is created');
    board.create(step.payload);
    board.create(step.payload);
    board.show(shown);
    expect(board.states).toEqual(['1 success', '2 in_progress', '2 inactive']);
  });

  it('that know more: nothing goes back to what this one saw', async () => {
    const { world, board } = await released();
    await move(world, board, '2');
    const before = await look(world);
    world.pass(10);
    await move(world, board, '3');
    // 2 has ended for good, and 3 is of a later rollout than this record.
    expect(planDeployments(before, board.listed)).toEqual([]);
    // A success is no progress any more.
    const done = await released();
    await move(done.world, done.board, '2');
    const rolling = await look(done.world);
    done.board.set(2, { state: 'success', description: 'stable' });
    expect(planDeployments(rolling, done.board.listed)).toEqual([]);
  });
});
