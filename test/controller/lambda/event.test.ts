import { describe, expect, it } from 'vitest';
import { readCall } from '../../../controller/lambda/event.ts';

const place = { bucket: 'builds', region: 'eu-west-1' };
const named = { ...place, app: 'shop', environment: 'prod' };

/** As CloudWatch documents it. */
const event = {
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2026-03-02T17:04:40Z',
  region: 'us-east-1',
  resources: ['arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-prod-errors'],
  detail: {
    alarmName: 'shop-prod-errors',
    state: { value: 'ALARM', reason: 'too many', timestamp: '2026-03-02T17:04:40.989+0000' },
    previousState: { value: 'OK', timestamp: '2026-03-02T17:00:40.000+0000' },
  },
};
const alarm = { name: 'shop-prod-errors', region: 'us-east-1' };

describe('what wakes the fast lane', () => {
  it('is a test of the doctor, by its mark in the place of the time, which rolls nothing back', () => {
    const state = { ...event.detail.state, timestamp: 'headgate-doctor-1-0' };
    const test = { ...event, detail: { ...event.detail, state } };
    expect(readCall({ headgate: named, event: test })).toEqual({
      kind: 'test',
      mark: 'headgate-doctor-1-0',
    });
  });

  it('is the event of an alarm, with the alarm named by its own region', () => {
    expect(readCall({ headgate: named, event })).toEqual({
      kind: 'alarm',
      alarm: { ...named, alarm, firedAt: '2026-03-02T17:04:40.989Z' },
    });
  });

  it('is an alarm that left ALARM, too: its event may overtake the other', () => {
    const detail = { ...event.detail, state: { value: 'OK' } };
    const call = readCall({ headgate: named, event: { ...event, detail } });
    expect(call).toEqual({ kind: 'alarm', alarm: { ...named, alarm, firedAt: undefined } });
  });

  it('is the schedule', () => {
    expect(readCall({ headgate: { ...place, apps: ['shop', 'checkout'] } })).toEqual({
      kind: 'schedule',
      schedule: { ...place, apps: ['shop', 'checkout'] },
    });
  });

  it.each([
    [undefined, 'headgate.bucket'],
    ['text', 'headgate.bucket'],
    [event, 'headgate.bucket'],
    [{ headgate: place }, 'headgate.app'],
    [{ headgate: { ...place, apps: [] } }, 'headgate.apps'],
    [{ headgate: { ...place, apps: ['shop', 7] } }, 'headgate.apps'],
    [{ headgate: { ...place, apps: ['shop/untrusted/builds/pr-1'] } }, 'headgate.apps'],
    [{ headgate: { ...named, bucket: '../builds' }, event }, 'headgate.bucket'],
    [{ headgate: { ...named, region: 'evil.example.com/' }, event }, 'headgate.region'],
    [{ headgate: { ...named, app: 'shop/untrusted' }, event }, 'headgate.app'],
    [{ headgate: { ...named, environment: '../prod' }, event }, 'headgate.environment'],
    [{ headgate: named }, 'CloudWatch Alarm State Change'],
    [{ headgate: named, event: { ...event, 'detail-type': 'Scheduled Event' } }, 'event'],
    [{ headgate: named, event: { ...event, detail: {} } }, 'event'],
    [{ headgate: named, event: { ...event, region: '' } }, 'event'],
    [
      {
        headgate: named,
        event: { ...event, detail: { ...event.detail, state: { value: 'ALARM' } } },
      },
      'event',
    ],
  ])('is nothing else: %j', (input, lacks) => {
    const call = readCall(input);
    expect(call).toMatchObject({ kind: 'unknown', why: expect.stringContaining(lacks) });
  });
});
