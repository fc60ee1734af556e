import { describe, expect, it } from 'vitest';
import type { GuardPolicy } from '../../../../controller/core/policy/policy.ts';
import {
  findStartBlocks,
  judgeRollout,
  type AlarmState,
  type Observations,
  type Rules,
} from '../../../../controller/core/rollout/verdict.ts';

const AT = '2026-03-01T00:00:00.000Z';

function seen(state: AlarmState['state'], more: Partial<Observations> = {}): Observations {
  const alarm = { name: 'errors', region: 'us-east-1', state, since: AT, reason: 'because' };
  return { alarms: [alarm], entered: [], enteredUnreadable: undefined, ...more };
}

const NOW = new Date('2026-03-01T00:04:00.000Z');
const ANY = { needed: 1, coolDownSeconds: 0 };

function judge(observations: Observations, rules: Rules = ANY) {
  return judgeRollout(observations, rules, NOW);
}

function block(observations: Observations, noData: GuardPolicy['noData'], rules: Rules = ANY) {
  return findStartBlocks(observations, { ...rules, noData }, NOW).map(({ why }) => why);
}

/** Alarms `a`, `b`, ... in these states. */
function several(...states: readonly AlarmState['state'][]): Observations {
  const alarms = states.map((state, index) => {
    const name = String.fromCodePoint(97 + index);
    return { name, region: 'us-east-1', state, since: AT, reason: 'because' };
  });
  return { alarms, entered: [], enteredUnreadable: undefined };
}

describe('judgeRollout', () => {
  it.each([
    ['OK', 'pass', 'errors is OK'],
    ['ALARM', 'fail', `errors is in ALARM since ${AT}: because`],
    ['INSUFFICIENT_DATA', 'insufficient', 'alarm errors (us-east-1) has no data: because'],
    ['missing', 'insufficient', 'alarm errors (us-east-1) does not exist'],
    ['unreadable', 'insufficient', 'alarm errors (us-east-1) could not be read: because'],
  ] as const)('%s: %s', (state, kind, evidence) => {
    expect(judge(seen(state))).toEqual({ kind, evidence: [evidence] });
  });

  it('fails for an alarm that fired and is OK again, and names it once', () => {
    const entered = [{ name: 'errors', region: 'us-east-1', at: AT, reason: 'too many' }];
    const verdict = { kind: 'fail', evidence: [`errors entered ALARM at ${AT}: too many`] };
    expect(judge(seen('OK', { entered }))).toEqual(verdict);
    expect(judge(seen('ALARM', { entered }))).toEqual(verdict);
  });

  it('does not pass when it cannot know whether an alarm fired meanwhile', () => {
    expect(judge(seen('OK', { enteredUnreadable: 'throttled' }))).toEqual({
      kind: 'insufficient',
      evidence: ["the alarms' history is unreadable: throttled"],
    });
  });
});

describe('judgeRollout with two alarms needed', () => {
  const two = { needed: 2, coolDownSeconds: 0 };
  const entered = [{ name: 'c', region: 'us-east-1', at: AT, reason: 'too many' }];

  it('fails when two were in ALARM, at whatever time each', () => {
    expect(judge(several('ALARM', 'ALARM', 'OK'), two).kind).toBe('fail');
    expect(judge({ ...several('ALARM', 'OK', 'OK'), entered }, two).kind).toBe('fail');
  });

  it('counts one alarm once, however often it fired', () => {
    const often = { ...several('OK', 'OK', 'OK'), entered: [...entered, ...entered] };
    expect(judge(often, two)).toMatchObject({
      kind: 'pass',
      evidence: expect.arrayContaining(['1 of the 2 alarms needed']) as unknown,
    });
  });

  it('does not move on under one, and data does not settle it', () => {
    const evidence = [`a is in ALARM since ${AT}: because`];
    const verdict = { kind: 'insufficient', evidence, unsettled: evidence };
    expect(judge(several('ALARM', 'OK', 'OK'), two)).toEqual(verdict);
  });

  it('minds a silent alarm where it could be the one that is lacking', () => {
    expect(judge(several('missing', 'OK', 'OK'), two).kind).toBe('pass');
    expect(judge({ ...several('missing', 'OK', 'OK'), entered }, two).kind).toBe('insufficient');
    expect(judge(several('missing', 'unreadable', 'OK'), two).kind).toBe('insufficient');
  });
});

describe('a cool-down', () => {
  it('waits, at the start and later, until the alarm has been OK for so long', () => {
    const long = { needed: 1, coolDownSeconds: 300 };
    const why = `errors is OK since ${AT} only; it cools down until 2026-03-01T00:05:00.000Z`;
    expect(block(seen('OK'), 'pass', long)).toEqual([why]);
    expect(judge(seen('OK'), long)).toMatchObject({ kind: 'insufficient', unsettled: [why] });
    const over = { needed: 1, coolDownSeconds: 240 };
    expect(block(seen('OK'), 'hold', over)).toEqual([]);
    expect(judge(seen('OK'), over).kind).toBe('pass');
  });
});

describe('findStartBlocks', () => {
  it('is a firing alarm, whatever noData says', () => {
    for (const noData of ['hold', 'pass', 'rollback'] as const) {
      expect(block(seen('ALARM'), noData)).toHaveLength(1);
    }
  });

  it('is an alarm nobody can read, unless no data means to go on', () => {
    for (const state of ['missing', 'unreadable'] as const) {
      expect(block(seen(state), 'hold')).toHaveLength(1);
      expect(block(seen(state), 'pass')).toEqual([]);
    }
  });

  it('is not an alarm without data yet: the first step may bring it', () => {
    expect(block(seen('INSUFFICIENT_DATA'), 'hold')).toEqual([]);
  });
});
