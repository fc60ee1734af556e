import { expect, it } from 'vitest';
import type { Change } from '../../../../controller/core/plan/change.ts';
import { onlyCode } from '../../../../controller/core/plan/only-code.ts';
import { sealPlan, sealPlanSet, type Plan } from '../../../../controller/core/plan/plan.ts';

const ASSOCIATE: Change = {
  kind: 'associate',
  distribution: 'E1',
  patterns: ['*'],
  requestFunction: 'headgate-prod-request',
  responseFunction: 'headgate-prod-response',
};
const MOVE = { kind: 'write-parameter', name: '/headgate/shop/prod/route' } as Change;

function plan(subject: Plan['subject'], base: number, changes: readonly Change[]): Plan {
  return sealPlan({
    subject,
    direction: 'forward',
    base,
    why: 'a release',
    from: 'build 1',
    to: 'build 2',
    changes,
    evidence: [],
    notes: [],
    refusals: [],
  });
}

const PROD = { kind: 'environment', app: 'shop', environment: 'prod' } as const;

it('of a run that changes code alone there are groups, and what runs on behaviours', () => {
  const group = plan({ kind: 'group', group: 'prod' }, 0, [MOVE]);
  const app = plan({ kind: 'app', app: 'shop' }, 0, [MOVE]);
  const { plans } = onlyCode(sealPlanSet([group, app, plan(PROD, 3, [MOVE, ASSOCIATE])]));
  expect(plans.map(({ subject }) => subject.kind)).toEqual(['group', 'environment']);
  expect(plans[0]).toEqual(group);
  expect(plans[1]).toMatchObject({ direction: 'repair', to: 'build 1', changes: [ASSOCIATE] });
});

it('but nothing of an environment that has no route yet, or that only moves', () => {
  const first = plan(PROD, 0, [MOVE, ASSOCIATE]);
  expect(onlyCode(sealPlanSet([first, plan(PROD, 3, [MOVE])])).plans).toEqual([]);
});
