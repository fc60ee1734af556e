import { describe, expect, it } from 'vitest';
import type { AlarmTransition } from '../../../../controller/core/backtest/alarm-record.ts';
import { backtest } from '../../../../controller/core/backtest/backtest.ts';
import { readAlarmRecord, readHistory } from '../../../../controller/core/backtest/recorded.ts';
import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import { renderBacktest } from '../../../../controller/core/report/backtest.ts';
import type { SeenLine } from '../../../../controller/core/rollout/visitors/evidence.ts';
import type { Event, HistoryEntry } from '../../../../controller/core/state/record.ts';
import { GUARD } from '../../../fakes/guard.ts';
import { environmentPolicy } from '../../../fakes/world.ts';

const ALARM = { name: 'shop-prod-errors', region: 'us-east-1' };
const NOW = new Date('2026-03-05T00:00:00Z');
const SINCE = new Date('2026-02-10T00:00:00Z');

function entry(generation: number, at: string, event: Event, more: Partial<HistoryEntry> = {}) {
  const texts = { why: '', from: '', to: '', evidence: [] };
  return { generation, at: `2026-03-${at}:00Z`, by: 'tester', event, ...texts, ...more };
}

const stable = (build: string) => ({ stable: { build, digest: `digest-of-${build}` } });

/** Build 2 got through, with an alarm that nobody's policy watched then; build 3 was rolled back. */
const HISTORY: readonly HistoryEntry[] = [
  entry(1, '01T00:00', 'first-release', { to: 'build 1', ...stable('1') }),
  entry(2, '02T10:00', 'rollout-started', { to: 'build 2 at 5 %, stable 1', ...stable('1') }),
  entry(3, '02T10:10', 'bake-started', { ...stable('1') }),
  entry(4, '02T10:20', 'rollout-finished', { to: 'build 2', ...stable('2') }),
  entry(5, '03T10:00', 'rollout-started', { to: 'build 3 at 5 %, stable 2', ...stable('2') }),
  entry(6, '03T10:03', 'rolled-back', {
    why: 'Build 3 was rolled back (alarm): stable build 2 serves everyone.',
    evidence: ['shop-prod-errors entered ALARM at 2026-03-03T10:02:30.000Z: 9 errors'],
    ...stable('2'),
  }),
];

const change = (at: string, from: AlarmTransition['from'], to: AlarmTransition['to']) => ({
  ...ALARM,
  at: `2026-03-${at}.000Z`,
  from,
  to,
  reason: to === 'ALARM' ? '9 errors' : 'quiet',
});

const OK = { ...ALARM, state: 'OK', since: undefined, reason: '' } as const;
const RECORD = {
  states: [OK],
  transitions: [change('02T10:01:30', 'OK', 'ALARM'), change('02T10:04:00', 'ALARM', 'OK')],
};

/** Steps of one minute at 5 % and 25 %, two minutes of bake, whatever the build. */
function policyWith(guard: Partial<EnvironmentPolicy['guard']> = {}): EnvironmentPolicy {
  return environmentPolicy('9', { guard: { alarms: [ALARM], ...GUARD, ...guard } });
}

function tell(policy: EnvironmentPolicy, more: Partial<Parameters<typeof backtest>[0]> = {}) {
  const facts = { policy, history: HISTORY, alarms: RECORD, since: SINCE, now: NOW, ...more };
  const rollouts = backtest(facts);
  return renderBacktest([{ name: 'shop/prod', since: SINCE.toISOString(), rollouts, notes: [] }]);
}

describe('backtest', () => {
  it('says what the policy would have done, and why, beside what was done', () => {
    expect(tell(policyWith())).toMatchInlineSnapshot(`
      "shop/prod  2 rollout(s) since 2026-02-10T00:00:00.000Z, 1 would end otherwise
        build 2, generation 2, began at 2026-03-02T10:00:00Z  DIFFERS
          was:   rollout-finished at 2026-03-02T10:20:00Z
          would: have started at 2026-03-02T10:00:00.000Z: Build 2 starts with 5 % of visitors; stable is 1.
                 have advanced at 2026-03-02T10:01:00.000Z: Build 2 goes to 25 % of visitors.
                 have rolled back at 2026-03-02T10:01:30.000Z because shop-prod-errors entered ALARM at 2026-03-02T10:01:30.000Z: 9 errors
                 be quarantined, stable as before
        build 3, generation 5, began at 2026-03-03T10:00:00Z
          was:   rolled-back at 2026-03-03T10:03:00Z
          would: have started at 2026-03-03T10:00:00.000Z: Build 3 starts with 5 % of visitors; stable is 2.
                 have advanced at 2026-03-03T10:01:00.000Z: Build 3 goes to 25 % of visitors.
                 have advanced at 2026-03-03T10:02:00.000Z: Build 3 goes to everyone and bakes.
                 have rolled back at 2026-03-03T10:02:30.000Z because shop-prod-errors entered ALARM at 2026-03-03T10:02:30.000Z: 9 errors
                 be quarantined, stable as before

      Assumed:
        reconcile looks every minute, when a step is due, and when an alarm changes
        alarms did what they did: also those that watched another share of visitors then
        approvals come as soon as they are asked for, \`requires\` and smoke checks are met
        where no lines of visitors are kept, \`guard.beacon\` and \`minVisitors\` decide nothing
        rollbacks of these replays count for the breaker for a day, then as lifted
        a replay ends where the next rollout began, or where a person ended it"
    `);
  });

  it('is another story with two alarms needed, no alarms, or a freeze', () => {
    const other = { name: 'other', region: 'us-east-1' };
    const two = policyWith({ alarms: [ALARM, other], needed: 2, noData: 'pass' });
    expect(tell(two)).toMatchInlineSnapshot(`
      "shop/prod  2 rollout(s) since 2026-02-10T00:00:00.000Z, all end as they did
        build 2, generation 2, began at 2026-03-02T10:00:00Z
          was:   rollout-finished at 2026-03-02T10:20:00Z
          would: have started at 2026-03-02T10:00:00.000Z: Build 2 starts with 5 % of visitors; stable is 1.
                 have advanced at 2026-03-02T10:01:00.000Z: Build 2 goes to 25 % of visitors.
                 have waited from 2026-03-02T10:02:00.000Z: Not enough evidence to move on: shop-prod-errors is in ALARM since 2026-03-02T10:01:30.000Z: 9 errors. It waits until 2026-03-03T10:02:00.000Z, then rolls back; \`guard.noData: pass\` or naming stable again ends it now.
                 have advanced at 2026-03-02T10:04:00.000Z: Build 2 goes to everyone and bakes.
                 have released at 2026-03-02T10:06:00.000Z: Build 2 finished its bake and is stable.
                 be stable
        build 3, generation 5, began at 2026-03-03T10:00:00Z
          was:   rolled-back at 2026-03-03T10:03:00Z
          would: have started at 2026-03-03T10:00:00.000Z: Build 3 starts with 5 % of visitors; stable is 2.
                 have advanced at 2026-03-03T10:01:00.000Z: Build 3 goes to 25 % of visitors.
                 have advanced at 2026-03-03T10:02:00.000Z: Build 3 goes to everyone and bakes.
                 have waited from 2026-03-03T10:04:00.000Z: Not enough evidence to move on: shop-prod-errors is in ALARM since 2026-03-03T10:02:30.000Z: 9 errors. It waits until 2026-03-04T10:04:00.000Z, then rolls back; \`guard.noData: pass\` or naming stable again ends it now.
                 have rolled back at 2026-03-04T10:04:00.000Z because shop-prod-errors is in ALARM since 2026-03-03T10:02:30.000Z: 9 errors; no verdict until 2026-03-04T10:04:00.000Z, which was the deadline (guard.deadline)
                 be quarantined, stable as before
          from 2026-03-03T10:03:00Z on nobody had the build, so the alarms could say nothing of it

      Assumed:
        reconcile looks every minute, when a step is due, and when an alarm changes
        alarms did what they did: also those that watched another share of visitors then
        approvals come as soon as they are asked for, \`requires\` and smoke checks are met
        where no lines of visitors are kept, \`guard.beacon\` and \`minVisitors\` decide nothing
        rollbacks of these replays count for the breaker for a day, then as lifted
        a replay ends where the next rollout began, or where a person ended it"
    `);
    const free = tell(policyWith({ alarms: [] }));
    expect(free).toContain('build 3, generation 5, began at 2026-03-03T10:00:00Z  DIFFERS');
    expect(free).toContain('from 2026-03-03T10:03:00Z on nobody had the build');
    const window = { from: '2026-03-02T00:00Z', to: '2026-03-02T18:00Z', reason: 'sale' };
    const frozen = tell({ ...policyWith(), freeze: [window] });
    expect(frozen).toContain('would: have been frozen from 2026-03-02T10:00:00.000Z');
    expect(frozen).toContain('have started at 2026-03-02T18:00:00.000Z');
    expect(frozen).toContain('have released at 2026-03-02T18:04:00');
  });

  it('replays each rollout as far as the next one, and until a person ended it', () => {
    const history = [
      ...HISTORY.slice(0, 2),
      entry(3, '02T10:00', 'rollout-superseded', {
        to: 'build 4 at 5 %, stable 1',
        ...stable('1'),
      }),
      entry(4, '02T10:01', 'rollout-aborted', { to: 'build 1', ...stable('1') }),
    ];
    const told = backtest({
      policy: policyWith(),
      history,
      alarms: { states: [OK], transitions: [] },
      since: SINCE,
      now: NOW,
    });
    expect(told.map(({ build, outcome, differs }) => [build, outcome, differs])).toEqual([
      ['2', 'cut', false],
      ['4', 'cut', false],
    ]);
  });

  it('waits where an alarm is not in the record, and starts nothing that fires already', () => {
    const nothing = { states: [], transitions: [] };
    const missing = tell(policyWith(), { alarms: nothing, history: HISTORY.slice(0, 4) });
    expect(missing).toContain('does not exist');
    expect(missing).toContain('not have started');
    const firing = { states: [OK], transitions: [change('02T11:00:00', 'ALARM', 'OK')] };
    const told = tell(policyWith(), { alarms: firing, history: HISTORY.slice(0, 4) });
    expect(told).toContain('have waited from 2026-03-02T10:00:00.000Z: Build 2 waits');
    expect(told).toContain('have started at 2026-03-02T11:00:00.000Z');
  });

  it('opens the breaker after the rollbacks that it would have made', () => {
    const starts = ['10:00', '11:00', '12:00'].map((time, index) =>
      entry(index + 2, `02T${time}`, 'rollout-started', {
        to: `build ${index + 2} at 5 %, stable 1`,
        ...stable('1'),
      }),
    );
    const transitions = ['10', '11'].flatMap((hour) => [
      change(`02T${hour}:00:30`, 'OK', 'ALARM'),
      change(`02T${hour}:05:00`, 'ALARM', 'OK'),
    ]);
    const told = tell(policyWith({ breaker: { rollbacks: 2 } }), {
      history: starts,
      alarms: { states: [OK], transitions },
    });
    expect(told).toMatch(/have waited from 2026-03-02T12:00.*the breaker is open/);
  });

  it('judges what the edge logged of visitors by the policy of now', () => {
    const begin = Date.parse('2026-03-02T10:00:00Z');
    // Half of the canary's visitors meet an error, and hardly anybody else.
    const lines = Array.from({ length: 600 }, (_, slot): readonly SeenLine[] => {
      const arm = slot % 2 === 0 ? 'canary' : 'stable';
      const line = {
        arm,
        slot,
        build: arm === 'canary' ? '2' : '1',
        weightBasisPoints: 5000,
      } as const;
      const at = begin + 1000 + slot * 400;
      const isBad = arm === 'canary' && slot % 4 === 0;
      return [
        { ...line, kind: 'n', at },
        { ...line, kind: isBad ? 'e' : 'o', at: at + 2000 },
      ];
    }).flat();
    const steps = [{ weightBasisPoints: 5000, holdSeconds: 900 }];
    const base = policyWith({ beacon: { act: 'rollback' } });
    const policy = { ...base, release: { ...base.release, steps } };
    const alarms = { states: [OK], transitions: [] };
    const visitors = new Map([[2, { lines, sampling: 1 }]]);
    const history = HISTORY.slice(0, 2);
    const told = tell(policy, { history, alarms, visitors });
    expect(told).toMatch(
      /have rolled back at 2026-03-02T10:0\d:00\S* because visitors of the canary/,
    );
    expect(tell(policy, { history, alarms })).not.toContain('rolled back at');
  });
});

describe('what was recorded', () => {
  it('is read from what backtest printed, or from its record alone', () => {
    const text = JSON.stringify(RECORD);
    expect(readAlarmRecord(text)).toEqual({ value: RECORD });
    expect(readAlarmRecord(`{"recorded":${text}}`)).toEqual({ value: RECORD });
    expect(readHistory(JSON.stringify(HISTORY))).toEqual({ value: HISTORY });
  });

  it.each([
    ['not JSON', 'it is not JSON'],
    ['{"transitions":[{"name":"a"}]}', 'transitions.0.region: '],
    ['{"recorded":{"transitions":[{"name":1}]}}', 'transitions.0.name: '],
    ['[]', 'the whole: '],
  ])('is refused when it is something else: %s', (text, problem) => {
    expect(readAlarmRecord(text)).toEqual({ problem: expect.stringContaining(problem) as string });
  });
});
