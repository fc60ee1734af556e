import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderStacks } from '../../../../controller/core/infrastructure/stacks.ts';
import type { Resource } from '../../../../controller/core/infrastructure/template.ts';
import { pathOfExample } from '../policy/fixtures.ts';
import { readDemo, readTwoRegions } from './fixtures.ts';

/** References as the page has them filled in. */
function rule(read: typeof readTwoRegions, region: string, id: string): Resource['Properties'] {
  const stack = renderStacks(read()).find((one) => one.region === region);
  const text = JSON.stringify(stack?.template.Resources[id]?.Properties)
    .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
    .replaceAll('${AWS::AccountId}', '123456789012')
    .replaceAll('{"Fn::GetAtt":["FastLane","Arn"]}', `"${FUNCTION}"`);
  return JSON.parse(text) as Resource['Properties'];
}

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:headgate-fast-lane';
const PAGE = readFileSync(pathOfExample('fast-lane.md'), 'utf8');

function shown(name: string): unknown {
  const [, text = ''] = new RegExp(`\`${name}\`[^\`]*\`\`\`json\n([^\`]*)\`\`\``).exec(PAGE) ?? [];
  return JSON.parse(text);
}

test('a rule with more names than a pattern holds matches every alarm', () => {
  const alarms = Array.from({ length: 20 }, (_, index) => ({
    name: `${'a'.repeat(200)}${index}`,
    region: 'us-east-1',
  }));
  const { policies } = readDemo();
  const apps = policies.apps.map((app) => ({
    ...app,
    environments: app.environments.map((one) => ({ ...one, guard: { ...one.guard, alarms } })),
  }));
  const read = () => ({ policies: { ...policies, apps }, live: {} });
  const { EventPattern } = rule(read, 'us-east-1', 'WakeShopProd');
  expect(JSON.stringify(EventPattern).length).toBeLessThan(2048);
  expect(EventPattern).toMatchObject({ detail: { state: { value: ['ALARM'] } } });
});

test('the rules in policies/fast-lane.md are those that are rendered', () => {
  const alarms = rule(readDemo, 'us-east-1', 'WakeShopProd');
  expect(alarms['Name']).toBe('headgate-shop-prod');
  expect(alarms['EventPattern']).toEqual(shown('alarm-pattern.json'));
  expect(alarms['Targets']).toEqual(shown('alarm-targets.json'));
  const schedule = rule(readDemo, 'us-east-1', 'ScheduleAcmeXwebXbuilds');
  expect(schedule).toMatchObject({ ScheduleExpression: 'rate(1 minute)' });
  expect(schedule['Targets']).toEqual(shown('schedule-targets.json'));
  const forward = rule(readTwoRegions, 'eu-west-1', 'Forward');
  expect(forward['Targets']).toEqual(shown('forward-targets.json'));
});
