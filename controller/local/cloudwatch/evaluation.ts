import type { AlarmDefinition, AlarmState, StateValue } from './alarm.ts';

/** One period of the metric, newest first in lists; undefined: nothing was put in it. */
export type Datapoint = number | undefined;

/** CloudWatch looks this many periods further back, to be robust against late data (assumed: two). */
const EXTRA_PERIODS = 2;

/** How many periods an evaluation looks at. */
export function evaluationRange(definition: AlarmDefinition): number {
  return definition.EvaluationPeriods + EXTRA_PERIODS;
}

/**
 * What the datapoints of the evaluation range (newest first) mean; undefined: the state stays.
 * The tables under "Configuring how CloudWatch alarms treat missing data" are the test.
 */
export function judge(
  definition: AlarmDefinition,
  datapoints: readonly Datapoint[],
): StateValue | undefined {
  const { EvaluationPeriods, DatapointsToAlarm: needed = EvaluationPeriods } = definition;
  const real = datapoints.filter((value) => value !== undefined).slice(0, EvaluationPeriods);
  const missing = EvaluationPeriods - real.length;
  const breaching = real.filter((value) => isBreaching(definition, value)).length;
  if (breaching >= needed) return 'ALARM';
  if (missing === 0) return 'OK';
  switch (definition.TreatMissingData) {
    case 'breaching':
      return breaching + missing >= needed ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      return breaching < real.length ? 'OK' : undefined;
    case 'missing':
      if (real.length === 0) return 'INSUFFICIENT_DATA';
      if (breaching < real.length) return 'OK';
      return isOldEnough(datapoints, needed) ? 'ALARM' : undefined;
  }
}

/**
 * Only breaching datapoints, and too few: it is an alarm when the oldest is at least as old as
 * DatapointsToAlarm. Needing 3, `- - X - -` is one (its age is 3), `- - - - X` is not.
 */
function isOldEnough(datapoints: readonly Datapoint[], needed: number): boolean {
  return datapoints.findLastIndex((value) => value !== undefined) + 1 >= needed;
}

function isBreaching({ ComparisonOperator, Threshold }: AlarmDefinition, value: number): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold;
  }
}

/** The state with the sentence and the data CloudWatch gives as its reason. */
export function explain(
  definition: AlarmDefinition,
  value: StateValue,
  evidence: { readonly datapoints: readonly Datapoint[]; readonly start: Date; readonly now: Date },
): AlarmState {
  const recent = evidence.datapoints
    .filter((point) => point !== undefined)
    .slice(0, definition.EvaluationPeriods);
  const crossed = recent.filter((point) => isBreaching(definition, point)).length;
  const { Threshold, ComparisonOperator, EvaluationPeriods, DatapointsToAlarm } = definition;
  const reason =
    recent.length === 0
      ? `no datapoints were received for ${EvaluationPeriods} period${EvaluationPeriods === 1 ? '' : 's'} and missing data is treated as [${definition.TreatMissingData}].`
      : `${crossed} of the last ${recent.length} datapoints [${recent.join(', ')}] crossed the threshold (${ComparisonOperator} ${Threshold}); ${DatapointsToAlarm ?? EvaluationPeriods} of ${EvaluationPeriods} are needed to alarm.`;
  return {
    value,
    reason: recent.length === 0 ? `Insufficient Data: ${reason}` : `Threshold Crossed: ${reason}`,
    reasonData: JSON.stringify({
      version: '1.0',
      queryDate: evidence.now.toISOString(),
      startDate: evidence.start.toISOString(),
      statistic: definition.Statistic,
      period: definition.Period,
      recentDatapoints: recent.toReversed(),
      threshold: Threshold,
    }),
  };
}
