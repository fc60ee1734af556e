import { ACCOUNT_ID, ServiceError } from '../service.ts';
import {
  composeAlarmArn,
  isComposite,
  type Alarm,
  type AlarmState,
  type CompositeAlarm,
  type CompositeDefinition,
  type StateValue,
} from './alarm.ts';
import { holds, namesOf, readAlarmRule } from './alarm-rule.ts';

type Find = (name: string) => Alarm | undefined;

/** More alarms than this a rule may not ask. */
const CHILDREN_LIMIT = 100;

/** Refuses a rule that can't be evaluated. Throws ValidationError. */
export function checkComposite(definition: CompositeDefinition, region: string, find: Find): void {
  const rule = readAlarmRule(definition.AlarmRule);
  const names = namesOf(rule).map((name) => nameOf(name, region));
  if (names.length > CHILDREN_LIMIT) {
    throw invalid(`AlarmRule must not exceed ${CHILDREN_LIMIT} children.`);
  }
  const missing = names.filter((name) => name !== definition.AlarmName && find(name) === undefined);
  if (missing.length > 0) {
    throw invalid(
      `Could not save the composite alarm as alarms [${missing.join(', ')}] in the alarm rule do not exist`,
    );
  }
  // CloudWatch takes such rules, and then has alarms that can't be deleted.
  if (names.some((name) => leadsTo(name, definition.AlarmName, { region, find }))) {
    throw invalid('The local cloud takes no alarm rule that leads back to its own alarm.');
  }
}

function leadsTo(
  name: string,
  goal: string,
  among: { readonly region: string; readonly find: Find },
): boolean {
  if (name === goal) return true;
  const alarm = among.find(name);
  if (alarm === undefined || !isComposite(alarm)) return false;
  return childrenOf(alarm).some((child) => leadsTo(child, goal, among));
}

/** Names of the alarms that a composite alarm's rule asks. */
export function childrenOf({ definition, region }: CompositeAlarm): readonly string[] {
  return namesOf(readAlarmRule(definition.AlarmRule)).map((name) => nameOf(name, region));
}

/** What the rule says now; undefined: the state stays. `trigger` is the child that changed. */
export function judgeComposite(
  alarm: CompositeAlarm,
  find: Find,
  trigger: Alarm | undefined,
): AlarmState | undefined {
  const stateOf = (name: string) => find(nameOf(name, alarm.region))?.state.value;
  const rule = readAlarmRule(alarm.definition.AlarmRule);
  const value: StateValue = holds(rule, stateOf) ? 'ALARM' : 'OK';
  if (value === alarm.state.value) return undefined;
  const triggering =
    trigger === undefined ? childrenOf(alarm).flatMap((name) => find(name) ?? []) : [trigger];
  const [first] = triggering;
  return {
    value,
    reason:
      first === undefined ? `The rule ${alarm.definition.AlarmRule} is constant` : explain(first),
    reasonData: JSON.stringify({
      triggeringAlarms: triggering.map((child) => ({
        arn: composeAlarmArn(child),
        state: { value: child.state.value, timestamp: formatTime(child.stateTransitioned) },
      })),
    }),
  };
}

/** `... transitioned to ALARM at Friday 22 July, 2022 15:57:45 UTC` */
function explain(child: Alarm): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Date(child.stateTransitioned).toLocaleString('en-GB', { timeZone: 'UTC', ...options });
  const day = `${part({ weekday: 'long' })} ${part({ day: '2-digit' })} ${part({ month: 'long' })}, ${part({ year: 'numeric' })}`;
  const time = part({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return `${composeAlarmArn(child)} transitioned to ${child.state.value} at ${day} ${time} UTC`;
}

/** As CloudWatch writes times into JSON. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+0000');
}

function nameOf(written: string, region: string): string {
  const prefix = `arn:aws:cloudwatch:${region}:${ACCOUNT_ID}:alarm:`;
  return written.startsWith(prefix) ? written.slice(prefix.length) : written;
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationError', message);
}
