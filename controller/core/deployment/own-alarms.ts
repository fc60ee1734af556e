import type { Template } from '../infrastructure/template.ts';

const ALARMS = new Set(['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']);

/** Names of the alarms that a stack has made. */
export function listAlarmNames(template: Template | undefined): ReadonlySet<string> {
  const resources = Object.values(template?.Resources ?? {});
  const names = resources.flatMap(({ Type, Properties }) => {
    const name = Properties['AlarmName'];
    return ALARMS.has(Type) && typeof name === 'string' ? [name] : [];
  });
  return new Set(names);
}
