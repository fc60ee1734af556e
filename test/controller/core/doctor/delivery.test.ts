import { describe, expect, it } from 'vitest';
import { checkDelivery } from '../../../../controller/core/doctor/delivery.ts';
import type { DoctorFacts } from '../../../../controller/core/doctor/facts.ts';
import type {
  LaneFacts,
  LaneFunction,
  RuleLook,
} from '../../../../controller/core/doctor/lane-facts.ts';
import { appPolicy, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const HOME = 'us-east-1';
const AWAY = 'eu-west-1';
const LANE = `arn:aws:lambda:${HOME}:111122223333:function:headgate-fast-lane`;
const BUS = `arn:aws:events:${HOME}:111122223333:event-bus/default`;
const environment = environmentPolicy('1');
const app = appPolicy(environment);
const ALARM = { name: 'errors', region: AWAY };

const rule = (name: string, more: Partial<RuleLook>): RuleLook => ({
  name,
  arn: `arn:aws:events:${more.region}:111122223333:rule/${name}`,
  region: HOME,
  isEnabled: true,
  schedule: undefined,
  pattern: undefined,
  matches: [],
  targets: [],
  ...more,
});

const INPUT = JSON.stringify({ bucket: app.bucket, app: 'shop', environment: 'prod' });
const forward = rule('headgate-forward', {
  region: AWAY,
  matches: [ALARM],
  targets: [{ arn: BUS, input: undefined }],
});
const wake = rule('headgate-shop-prod', {
  matches: [ALARM],
  targets: [{ arn: LANE, input: INPUT }],
});
const schedule = rule('headgate-schedule', {
  schedule: 'rate(1 minute)',
  targets: [{ arn: LANE, input: INPUT }],
});

const PRESENT: LaneFunction = {
  arn: LANE,
  codeBytes: 1e5,
  codeSha256: 'a',
  reservedConcurrency: undefined,
  runtime: 'nodejs22.x',
  handler: 'index.handler',
  seconds: 300,
  megabytes: 512,
  variables: {},
};

function find(rules: readonly RuleLook[], more: Partial<LaneFacts> = {}): readonly string[] {
  const lane: LaneFacts = {
    name: 'headgate-fast-lane',
    region: HOME,
    isWanted: true,
    function: [PRESENT],
    permissions: [],
    rules,
    areRulesKnown: true,
    expectedSha256: 'a',
    tests: [],
    ...more,
  };
  const state = { ...ALARM, state: 'OK', since: undefined, reason: '' } as const;
  const guards = [{ app, environment, group: GROUP }];
  const facts = {
    policies: { groups: [GROUP], apps: [app] },
    lane,
    alarms: [{ state, guards, elsewhere: [] }],
  };
  return checkDelivery(facts as unknown as DoctorFacts).map(({ id }) => id);
}

describe('an alarm of another region', () => {
  it('comes by the bus of that one to the rule at home', () => {
    expect(find([forward, wake, schedule])).toEqual([]);
  });

  it('comes nowhere without either of them', () => {
    expect(find([wake, schedule])).toEqual(['alarm-undelivered']);
    expect(find([forward, schedule])).toEqual(['alarm-undelivered']);
    const elsewhere = { ...forward, targets: [{ arn: BUS.replace(HOME, AWAY), input: undefined }] };
    expect(find([elsewhere, wake, schedule])).toEqual(['alarm-undelivered']);
  });

  it('is not taken for heard where the policy of the function says what nobody here can judge', () => {
    const odd = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: 'a:*' }] };
    const ids = find([forward, wake, schedule], { permissions: [odd as never] });
    expect(new Set(ids)).toEqual(new Set(['unreadable']));
  });

  it('is not called unheard where rules could not be read', () => {
    expect(find([], { areRulesKnown: false })).toEqual([]);
  });

  it('must wake the fast lane for the bucket, app and environment that it guards', () => {
    const other = { ...wake, targets: [{ arn: LANE, input: INPUT.replace('shop', 'store') }] };
    expect(find([forward, other, schedule])).toEqual(['rule-other-target']);
  });
});
