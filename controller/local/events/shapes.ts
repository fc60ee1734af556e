import * as z from 'zod';

const RuleName = z.string().regex(/^[\w.-]{1,64}$/);
const Bus = z.string().min(1).max(1600).default('default');
const NextToken = z.string().min(1).max(2048).optional();
const Limit = z.int().min(1).max(100).default(100);

export const putRuleShape = z.strictObject({
  Name: RuleName,
  EventBusName: Bus,
  EventPattern: z.string().max(4096).optional(),
  ScheduleExpression: z.string().max(256).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Description: z.string().max(512).optional(),
  RoleArn: z.string().max(1600).optional(),
});

export const nameShape = z.strictObject({ Name: RuleName, EventBusName: Bus });

export const deleteRuleShape = nameShape.extend({ Force: z.boolean().optional() });

export const listRulesShape = z.strictObject({
  NamePrefix: RuleName.optional(),
  EventBusName: Bus,
  NextToken,
  Limit,
});

const TargetId = z.string().regex(/^[\w.-]{1,64}$/);

const Target = z.strictObject({
  Id: TargetId,
  Arn: z.string().min(1).max(1600),
  RoleArn: z.string().min(1).max(1600).optional(),
  Input: z.string().max(8192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string().min(1).max(256), z.string().max(256)).optional(),
      InputTemplate: z.string().min(1).max(8192),
    })
    .optional(),
});

export type Target = z.output<typeof Target>;

export const putTargetsShape = z.strictObject({
  Rule: RuleName,
  EventBusName: Bus,
  Targets: z.array(Target).min(1).max(100),
});

export const removeTargetsShape = z.strictObject({
  Rule: RuleName,
  EventBusName: Bus,
  Ids: z.array(TargetId).min(1).max(100),
  Force: z.boolean().optional(),
});

export const listTargetsShape = z.strictObject({
  Rule: RuleName,
  EventBusName: Bus,
  NextToken,
  Limit,
});

export const listNamesShape = z.strictObject({
  TargetArn: z.string().min(1).max(1600),
  EventBusName: Bus,
  NextToken,
  Limit,
});

const Entry = z.strictObject({
  /** Seconds since 1970. */
  Time: z.number().optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string().max(2048)).optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().min(1).max(1600).optional(),
});

export type Entry = z.output<typeof Entry>;

export const putEventsShape = z.strictObject({ Entries: z.array(Entry).min(1).max(10) });

export const testPatternShape = z.strictObject({
  EventPattern: z.string().max(4096),
  Event: z.string(),
});
