import type { EnvironmentPolicy, Step } from '../../../../controller/core/policy/policy.ts';
import type { Edit } from './happenings.ts';
import type { Monitor } from './monitor.ts';

const hold = (percent: number, approval = false): Step => ({
  weightBasisPoints: percent * 100,
  holdSeconds: 60,
  ...(approval && { approval: true }),
});

/** Those of the examples, with approval, and none. */
const STEPS: readonly (readonly Step[])[] = [
  [hold(5), hold(25)],
  [],
  [hold(10, true), hold(50)],
  [hold(1), hold(10), hold(50)],
  [hold(50)],
];

type GuardChange = Partial<EnvironmentPolicy['guard']>;

const GUARDS: readonly GuardChange[] = [
  { noData: 'hold', needed: 1, coolDownSeconds: 0, breaker: { rollbacks: 0 } },
  { noData: 'pass', deadlineSeconds: 300 },
  { noData: 'rollback' },
  { needed: 2, coolDownSeconds: 120 },
  { breaker: { rollbacks: 1 } },
];

const FOREVER = { from: '2000-01-01T00:00Z', to: '2100-01-01T00:00Z', reason: 'always' };

interface Given {
  readonly policy: EnvironmentPolicy;
  readonly monitor: Monitor;
  /** Makes every reason another one. */
  readonly count: number;
}

/** What somebody commits. */
export function editPolicy(edit: Edit, given: Given): EnvironmentPolicy {
  const { policy } = given;
  const { release, guard } = policy;
  switch (edit.set) {
    case 'build':
      return { ...policy, release: { ...release, build: edit.build } };
    case 'steps':
      return { ...policy, release: { ...release, steps: STEPS[edit.steps] ?? [] } };
    case 'approve':
      return approve(edit.isRight, given);
    case 'requires':
    case 'freeze':
    case 'fastTrack':
      return { ...policy, ...toggle(edit.set, edit.on, policy) };
    case 'guard':
      return { ...policy, guard: { ...guard, ...GUARDS[edit.guard] } };
    case 'breaker-lift':
      return liftBreaker(given);
    case 'lift':
      return lift(edit.guess, given);
    case 'cohorts':
    case 'split':
      return { ...policy, [edit.set]: edit.build === undefined ? [] : [assign(edit)] };
  }
}

function assign({ set, build = '' }: Extract<Edit, { set: 'cohorts' | 'split' }>) {
  return set === 'cohorts' ? staff(build) : { build, line: 14, weightBasisPoints: 1000 };
}

function staff(build: string): EnvironmentPolicy['cohorts'][number] {
  return { name: 'staff', build, line: 12, cookie: { name: 'staff' } };
}

function approve(isRight: boolean, { policy, monitor }: Given): EnvironmentPolicy {
  const canary = monitor.route?.canary;
  if (canary === undefined) return policy;
  const rollout = isRight ? canary.salt : canary.salt - 1;
  const approved = { build: canary.build[0], rollout, weightBasisPoints: 9_900 };
  return { ...policy, release: { ...policy.release, approved } };
}

function toggle(
  what: 'requires' | 'freeze' | 'fastTrack',
  on: boolean,
  policy: EnvironmentPolicy,
): Partial<EnvironmentPolicy> {
  const { requires: _requires, fastTrackSeconds: _fast, ...release } = policy.release;
  const kept = {
    ...(policy.release.requires && { requires: policy.release.requires }),
    ...(policy.release.fastTrackSeconds !== undefined && { fastTrackSeconds: 86_400 }),
  };
  switch (what) {
    case 'freeze':
      return { freeze: on ? [FOREVER] : [] };
    case 'requires': {
      const requires = on ? [{ environment: 'staging', bakedSeconds: 60 }] : [];
      return { release: { ...release, ...kept, requires } };
    }
    case 'fastTrack':
      return { release: { ...release, ...kept, ...(on && { fastTrackSeconds: 86_400 }) } };
  }
}

function liftBreaker({ policy, monitor, count }: Given): EnvironmentPolicy {
  const rollback = monitor.bars.list().at(-1)?.rollbacks[0] ?? 1;
  const breaker = { rollbacks: 1, lift: { rollback, reason: `understood ${count}` } };
  return { ...policy, guard: { ...policy.guard, breaker } };
}

/** Of all that is barred; or by a guess of what may be barred next. */
function lift(guess: boolean, { policy, monitor, count }: Given): EnvironmentPolicy {
  const reason = `tested again ${count}`;
  const { route } = monitor;
  const next = [route?.canary?.build[0], route?.stable[0]].flatMap((build) =>
    [1, 2].map((ahead) => ({
      lift: build ?? '1',
      rollback: (route?.gen ?? 0) + ahead,
      reason,
    })),
  );
  const known = monitor.bars
    .list()
    .flatMap(({ build, rollbacks }) =>
      rollbacks.map((rollback) => ({ lift: build, rollback, reason })),
    );
  return { ...policy, quarantine: [...policy.quarantine, ...(guess ? next : known)] };
}
