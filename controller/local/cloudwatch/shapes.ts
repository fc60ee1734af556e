import * as z from 'zod';

const Name = z.string().min(1).max(255);

const Dimensions = z
  .array(z.strictObject({ Name, Value: z.string().min(1).max(1024) }))
  .max(30)
  .default([]);

const Statistic = z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']);

const Period = z
  .int()
  .refine((seconds) => seconds === 10 || seconds === 30 || (seconds > 0 && seconds % 60 === 0), {
    error: 'Period must be 10, 30 or a multiple of 60.',
  });

const Arns = z.array(z.string()).max(5).default([]);

/** Of both kinds of alarm. Actions are kept and shown, but nothing is notified. */
const described = {
  AlarmName: Name,
  AlarmDescription: z.string().max(1024).optional(),
  ActionsEnabled: z.boolean().default(true),
  OKActions: Arns,
  AlarmActions: Arns,
  InsufficientDataActions: Arns,
};

/** PutMetricAlarm, one metric and a plain statistic: no metric math, percentiles or anomaly bands. */
export const alarmShape = z.strictObject({
  ...described,
  Namespace: Name,
  MetricName: Name,
  Dimensions,
  Statistic,
  Period,
  EvaluationPeriods: z.int().min(1),
  DatapointsToAlarm: z.int().min(1).optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
});

/** PutCompositeAlarm; there is no suppression of actions, because there are no actions. */
export const compositeShape = z.strictObject({
  ...described,
  AlarmRule: z.string().min(1).max(10_240),
});

const Datum = z.strictObject({
  MetricName: Name,
  Dimensions,
  /** Seconds since 1970. */
  Timestamp: z.number().optional(),
  Value: z.number().optional(),
  Values: z.array(z.number()).max(150).optional(),
  Counts: z.array(z.number()).max(150).optional(),
  StatisticValues: z
    .strictObject({
      SampleCount: z.number(),
      Sum: z.number(),
      Minimum: z.number(),
      Maximum: z.number(),
    })
    .optional(),
  Unit: z.string().optional(),
  StorageResolution: z.union([z.literal(1), z.literal(60)]).optional(),
});

export type Datum = z.output<typeof Datum>;

export const metricDataShape = z.strictObject({
  Namespace: Name,
  MetricData: z.array(Datum).min(1).max(1000),
});

/** GetMetricData, metrics as they are: no metric math, no SQL. */
export const getMetricDataShape = z.strictObject({
  /** Seconds since 1970. */
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
  MetricDataQueries: z
    .array(
      z.strictObject({
        Id: z.string().regex(/^[a-z]\w{0,254}$/),
        Label: z.string().optional(),
        ReturnData: z.literal(true).optional(),
        MetricStat: z.strictObject({
          Metric: z.strictObject({ Namespace: Name, MetricName: Name, Dimensions }),
          Period,
          Stat: Statistic,
          Unit: z.string().optional(),
        }),
      }),
    )
    .min(1)
    .max(500),
});

const MaxRecords = z.int().min(1).max(100).default(100);
const NextToken = z.string().optional();
const StateValue = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
/** Left out, only metric alarms are shown. */
const AlarmTypes = z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']);

export const describeShape = z.strictObject({
  AlarmNames: z.array(Name).max(100).optional(),
  AlarmNamePrefix: Name.optional(),
  AlarmTypes,
  StateValue: StateValue.optional(),
  MaxRecords,
  NextToken,
});

export const historyShape = z.strictObject({
  AlarmName: Name.optional(),
  AlarmTypes,
  HistoryItemType: z.string().optional(),
  /** Seconds since 1970. */
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
  MaxRecords,
  NextToken,
});

export const setStateShape = z.strictObject({
  AlarmName: Name,
  StateValue,
  StateReason: z.string().max(1023),
  StateReasonData: z.string().max(4000).optional(),
});

export const deleteShape = z.strictObject({ AlarmNames: z.array(Name).max(100) });
