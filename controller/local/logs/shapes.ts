import * as z from 'zod';

const GroupName = z.string().regex(/^[\w./#-]{1,512}$/);
const StreamName = z.string().regex(/^[^:*]{1,512}$/);
const NextToken = z.string().min(1).optional();
/** Milliseconds since 1970. */
const Time = z.int().min(0);
const Pattern = z.string().max(1024);
const Limit = z.int().min(1).max(50).default(50);
const EventLimit = z.int().min(1).max(10_000).default(10_000);

export const groupShape = z.strictObject({ logGroupName: GroupName });

export const createGroupShape = groupShape.extend({
  logGroupClass: z.literal('STANDARD').optional(),
});

/** The numbers of days that CloudWatch Logs knows. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

export const retentionShape = groupShape.extend({
  retentionInDays: z.int().refine((days) => RETENTIONS.includes(days), {
    error: `must be one of ${RETENTIONS.join(', ')}`,
  }),
});

export const describeGroupsShape = z.strictObject({
  logGroupNamePrefix: GroupName.optional(),
  nextToken: NextToken,
  limit: Limit,
});

export const streamShape = groupShape.extend({ logStreamName: StreamName });

export const describeStreamsShape = groupShape.extend({
  logStreamNamePrefix: StreamName.optional(),
  orderBy: z.enum(['LogStreamName', 'LastEventTime']).default('LogStreamName'),
  descending: z.boolean().default(false),
  nextToken: NextToken,
  limit: Limit,
});

export const putEventsShape = streamShape.extend({
  logEvents: z
    .array(z.strictObject({ timestamp: Time, message: z.string().min(1) }))
    .min(1)
    .max(10_000),
  // Since 2023 no longer needed, and no longer looked at.
  sequenceToken: z.string().optional(),
});

export const filterEventsShape = groupShape.extend({
  logStreamNames: z.array(StreamName).min(1).max(100).optional(),
  logStreamNamePrefix: StreamName.optional(),
  startTime: Time.optional(),
  endTime: Time.optional(),
  filterPattern: Pattern.default(''),
  nextToken: NextToken,
  limit: EventLimit,
});

export const getEventsShape = streamShape.extend({
  startTime: Time.optional(),
  endTime: Time.optional(),
  nextToken: NextToken,
  limit: EventLimit,
  startFromHead: z.boolean().default(false),
});

const FilterName = z.string().regex(/^[^:*]{1,512}$/);
const MetricText = z.string().regex(/^[^:*$]{1,255}$/);

export const putMetricFilterShape = groupShape.extend({
  filterName: FilterName,
  filterPattern: Pattern,
  metricTransformations: z
    .array(
      z.strictObject({
        metricName: MetricText,
        metricNamespace: MetricText,
        metricValue: z.string().min(1).max(100),
        defaultValue: z.number().optional(),
        dimensions: z
          .record(z.string().min(1).max(255), z.string().regex(/^\$\w+$/))
          .refine((given) => Object.keys(given).length <= 3, 'A metric has at most 3 dimensions.')
          .optional(),
        unit: z.string().optional(),
      }),
    )
    .length(1),
});

export const describeMetricFiltersShape = z.strictObject({
  logGroupName: GroupName.optional(),
  filterNamePrefix: FilterName.optional(),
  metricName: MetricText.optional(),
  metricNamespace: MetricText.optional(),
  nextToken: NextToken,
  limit: Limit,
});

export const deleteMetricFilterShape = groupShape.extend({ filterName: FilterName });

export const testMetricFilterShape = z.strictObject({
  filterPattern: Pattern,
  logEventMessages: z.array(z.string().min(1)).min(1).max(50),
});
