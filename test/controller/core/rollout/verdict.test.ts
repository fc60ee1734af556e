import { describe, expect, it } from 'vitest';
import {
  findStartBlocks,
  judgeRollout,
  type AlarmState,
  type Observations,
} from '../../../../controller/core/rollout/verdict.ts';

const AT = '2026-03-01T00:00:00.000Z';

function seen(state: AlarmState['state'], more: Partial<Observations> = {}): Observations {
  const alarm = { name: 'errors', region: 'us-east-1', state, since: AT, reason: 'because' };
  return { alarms: [alarm], entered: [], enteredUnreadable: undefined, ...more };
}

describe('judgeRollout', () => {
  it.each([
    ['OK', 'pass', 'errors is OK'],
    ['ALARM', 'fail', `errors is in ALARM since ${AT}: because`],
    ['INSUFFICIENT_DATA', 'insufficient', 'alarm errors (us-east-1) has no data: because'],
    ['missing', 'insufficient', 'alarm errors (us-east-1) does not exist'],
    ['unreadable', 'insufficient', 'alarm errors (us-east-1) could not be read: because'],
  ] as const)('%s: %s', (state, kind, evidence) => {
    expect(judgeRollout(seen(state))).toEqual({ kind, evidence: [evidence] });
  });

  it('fails for an alarm that fired and is OK again, and names it once', () => {
    const entered = [{ name: 'errors', region: 'us-east-1', at: AT, reason: 'too many' }];
    const verdict = { kind: 'fail', evidence: [`errors entered ALARM at ${AT}: too many`] };
    expect(judgeRollout(seen('OK', { entered }))).toEqual(verdict);
    expect(judgeRollout(seen('ALARM', { entered }))).toEqual(verdict);
  });

  it('does not pass when it cannot know whether an alarm fired meanwhile', () => {
    expect(judgeRollout(seen('OK', { enteredUnreadable: 'throttled' }))).toEqual({
      kind: 'insufficient',
      evidence: ["the alarms' history is unreadable: throttled"],
    });
  });
});

describe('findStartBlocks', () => {
  it('is a firing alarm, whatever noData says', () => {
    for (const noData of ['hold', 'pass', 'rollback'] as const) {
      expect(findStartBlocks(seen('ALARM'), noData)).toHaveLength(1);
    }
  });

  it('is an alarm nobody can read, unless no data means to go on', () => {
    for (const state of ['missing', 'unreadable'] as const) {
      expect(findStartBlocks(seen(state), 'hold')).toHaveLength(1);
      expect(findStartBlocks(seen(state), 'pass')).toEqual([]);
    }
  });

  it('is not an alarm without data yet: the first step may bring it', () => {
    expect(findStartBlocks(seen('INSUFFICIENT_DATA'), 'hold')).toEqual([]);
  });
});
