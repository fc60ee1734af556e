import type { PartName } from '../../../core/doctor/probe/part.ts';
import { measureAlarms } from './alarms/alarms.ts';
import { measureLogs } from './logs/logs.ts';
import { measureLambda } from './lambda/lambda.ts';
import { measureStacks } from './stacks/stacks.ts';
import { measureTable } from './table/table.ts';
import { measureRules } from './rules/rules.ts';
import { measureBasics } from './basics.ts';
import { measureEdge } from './edge.ts';
import { measureLambdaEdge } from './lambda-edge.ts';
import type { MeasurePart } from './part-run.ts';
import { measureRoles } from './roles/roles.ts';
import { measureSessionEnd } from './roles/session-end.ts';

export const MEASURE: Readonly<Record<PartName, MeasurePart>> = {
  basics: measureBasics,
  edge: measureEdge,
  roles: measureRoles,
  'session-end': measureSessionEnd,
  alarms: measureAlarms,
  logs: measureLogs,
  rules: measureRules,
  lambda: measureLambda,
  stacks: measureStacks,
  table: measureTable,
  'lambda-edge': measureLambdaEdge,
};
