import { isJson } from '../http/is-json.ts';
import type { z } from 'zod';
import type { JsonOperation } from '../http/aws-json.ts';
import { cutPage } from '../http/page.ts';
import { ServiceError } from '../service.ts';
import { isComposite, type Alarm } from './alarm.ts';
import type { AlarmBook } from './alarm-book.ts';
import { typeOf, type AlarmType } from './alarm-history.ts';
import { checkComposite } from './composite-alarms.ts';
import { INVALID, operation } from './operation.ts';
import { renderAlarm, renderHistoryItem } from './render-alarm.ts';
import * as shapes from './shapes.ts';

/** Alarms of both kinds. */
export function alarmOperations(book: AlarmBook): Record<string, JsonOperation> {
  return {
    PutMetricAlarm: operation(shapes.alarmShape, (input, { region }) =>
      putAlarm(book, region, input),
    ),
    PutCompositeAlarm: operation(shapes.compositeShape, (input, { region }) => {
      checkName(book.get(region, input.AlarmName), 'CompositeAlarm');
      checkComposite(input, region, (name) => book.get(region, name));
      book.put(region, input);
    }),
    DescribeAlarms: operation(shapes.describeShape, (input, { region }) =>
      describeAlarms(book, region, input),
    ),
    DescribeAlarmHistory: operation(shapes.historyShape, (input, { region }) =>
      describeHistory(book, region, input),
    ),
    SetAlarmState: operation(shapes.setStateShape, (input, { region }) =>
      setState(book, region, input),
    ),
    DeleteAlarms: operation(shapes.deleteShape, (input, { region }) =>
      deleteAlarms(book, region, input.AlarmNames),
    ),
  };
}

function putAlarm(book: AlarmBook, region: string, input: z.output<typeof shapes.alarmShape>) {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Period } = input;
  if (DatapointsToAlarm > EvaluationPeriods) {
    throw new ServiceError(400, INVALID, 'DatapointsToAlarm must not exceed EvaluationPeriods.');
  }
  if (EvaluationPeriods * Period > 86_400) {
    throw new ServiceError(400, INVALID, 'Metrics cannot be checked across more than a day.');
  }
  checkName(book.get(region, input.AlarmName), 'MetricAlarm');
  book.put(region, input);
}

/** Alarms of both kinds share their names. */
function checkName(former: Alarm | undefined, type: AlarmType): void {
  if (former === undefined || typeOf(former) === type) return;
  const name = former.definition.AlarmName;
  throw new ServiceError(400, INVALID, `There is a ${typeOf(former)} of the name ${name} already.`);
}

function describeAlarms(
  book: AlarmBook,
  region: string,
  input: z.output<typeof shapes.describeShape>,
) {
  book.evaluateDue();
  const { AlarmNames: names, AlarmNamePrefix: prefix, AlarmTypes: types, StateValue } = input;
  const alarms = book
    .all(region)
    .filter((alarm) => types.includes(typeOf(alarm)))
    .filter(({ definition: { AlarmName } }) => names === undefined || names.includes(AlarmName))
    .filter(({ definition: { AlarmName } }) => AlarmName.startsWith(prefix ?? ''))
    .filter(({ state }) => StateValue === undefined || state.value === StateValue);
  const page = cutPage(alarms, ({ definition }) => definition.AlarmName, {
    MaxResults: input.MaxRecords,
    NextToken: input.NextToken,
  });
  const render = (type: AlarmType) =>
    page.items.filter((alarm) => typeOf(alarm) === type).map(renderAlarm);
  return {
    MetricAlarms: render('MetricAlarm'),
    CompositeAlarms: render('CompositeAlarm'),
    NextToken: page.next,
  };
}

function describeHistory(
  book: AlarmBook,
  region: string,
  input: z.output<typeof shapes.historyShape>,
) {
  book.evaluateDue();
  const start = (input.StartDate ?? 0) * 1000;
  const end = (input.EndDate ?? Infinity) * 1000;
  const numbered = book
    .history(region)
    .filter(({ alarmType = 'MetricAlarm' }) => input.AlarmTypes.includes(alarmType))
    .filter(({ name }) => input.AlarmName === undefined || name === input.AlarmName)
    .filter(({ type }) => input.HistoryItemType === undefined || type === input.HistoryItemType)
    .map((item, position) => ({ item, position }))
    .filter(({ item }) => item.time >= start && item.time <= end);
  const items = input.ScanBy === 'TimestampAscending' ? numbered : numbered.toReversed();
  const page = cutPage(items, ({ position }) => String(position), {
    MaxResults: input.MaxRecords,
    NextToken: input.NextToken,
  });
  const rendered = page.items.map(({ item }) => renderHistoryItem(item));
  return { AlarmHistoryItems: rendered, NextToken: page.next };
}

function setState(book: AlarmBook, region: string, input: z.output<typeof shapes.setStateShape>) {
  const reasonData = input.StateReasonData;
  if (reasonData !== undefined && !isJson(reasonData)) {
    throw new ServiceError(400, 'InvalidFormat', 'StateReasonData is not valid JSON.');
  }
  const state = { value: input.StateValue, reason: input.StateReason, reasonData };
  book.setState(findAlarm(book, region, input.AlarmName), state);
}

/** All or nothing: one unknown name and none is deleted. At most one of them is composite. */
function deleteAlarms(book: AlarmBook, region: string, names: readonly string[]) {
  const alarms = names.map((name) => findAlarm(book, region, name));
  if (alarms.filter(isComposite).length > 1) {
    throw new ServiceError(400, INVALID, 'At most one composite alarm can be deleted at a time.');
  }
  const used = alarms.find((alarm) => book.parentsOf(alarm).length > 0);
  if (used !== undefined) {
    const message = `Cannot delete ${used.definition.AlarmName} as there are composite alarm(s) depending on it.`;
    throw new ServiceError(400, INVALID, message);
  }
  for (const alarm of alarms) book.remove(alarm);
}

function findAlarm(book: AlarmBook, region: string, name: string) {
  const alarm = book.get(region, name);
  if (alarm !== undefined) return alarm;
  throw new ServiceError(404, 'ResourceNotFound', `Alarm ${name} does not exist in ${region}.`);
}
