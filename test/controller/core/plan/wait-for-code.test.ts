import { expect, it } from 'vitest';
import type { PlannedGroup } from '../../../../controller/core/plan/group-plan.ts';
import { sealPlan } from '../../../../controller/core/plan/plan.ts';
import { waitForCode } from '../../../../controller/core/plan/wait-for-code.ts';
import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import { nameCode } from '../../../../controller/core/state/code-record.ts';
import { appPolicy, environmentPolicy, World } from '../../../fakes/world.ts';

const world = new World();
world.publish('1');
const release = await world.plan();
const gated = userOf({ preview: { access: 'signed', ttlSeconds: 60 } });

function userOf(changes: Partial<EnvironmentPolicy>) {
  const environment = environmentPolicy('1', changes);
  return { app: appPolicy(environment), environment };
}

function groupWith(code: PlannedGroup['code']): PlannedGroup {
  const plan = sealPlan({
    ...release,
    subject: { kind: 'group', group: 'prod' },
    changes: [],
    why: 'Code waits for staging.',
  });
  return { plan, code, isSettled: false };
}

const plain = nameCode({ request: 'a', response: 'b' }, []);
const signed = nameCode({ request: 'c', response: 'b' }, ['signed']);

it('lets a route go out when the code can do what it asks for', () => {
  expect(waitForCode(release, userOf({}), groupWith(plain))).toBe(release);
  expect(waitForCode(release, gated, groupWith(signed))).toBe(release);
});

it.each([
  ['a feature', groupWith(plain), 'edge code with signed'],
  ['any code', groupWith(undefined), 'edge code'],
])('makes it wait for %s, and says for what', (_name, group, what) => {
  const plan = waitForCode(release, gated, group);
  expect(plan).toMatchObject({ direction: 'none', changes: [] });
  expect(plan.why).toBe(`Waits for ${what}. Code waits for staging.`);
  expect(plan.checksum).not.toBe(release.checksum);
});

it('never makes a rollback wait', () => {
  const rollback = { ...release, direction: 'rollback' } as const;
  expect(waitForCode(rollback, gated, groupWith(plain))).toBe(rollback);
});
