import type { ServiceRequest } from '../../service.ts';
import {
  composeArn,
  contextOf,
  nameByTarget,
  permission,
  textOf,
  textsOf,
  type Input,
} from './permission.ts';

const alarmArn = ({ region }: ServiceRequest, name: string) =>
  composeArn('cloudwatch', region, `alarm:${name}`);

const onAlarm = (action: string) => (input: Input, request: ServiceRequest) => [
  permission(`cloudwatch:${action}`, alarmArn(request, textOf(input['AlarmName']) || '*')),
];

const onAlarms = (action: string) => (input: Input, request: ServiceRequest) =>
  textsOf(input['AlarmNames']).map((name) =>
    permission(`cloudwatch:${action}`, alarmArn(request, name)),
  );

const anywhere = (action: string) => () => [permission(`cloudwatch:${action}`, '*')];

/** What requests to CloudWatch need. */
export const nameCloudWatch = nameByTarget({
  PutMetricAlarm: onAlarm('PutMetricAlarm'),
  PutCompositeAlarm: onAlarm('PutCompositeAlarm'),
  // Also with names in the request it is asked about all alarms.
  DescribeAlarms: (_, request) => [permission('cloudwatch:DescribeAlarms', alarmArn(request, '*'))],
  DescribeAlarmHistory: onAlarm('DescribeAlarmHistory'),
  SetAlarmState: onAlarm('SetAlarmState'),
  DeleteAlarms: onAlarms('DeleteAlarms'),
  EnableAlarmActions: onAlarms('EnableAlarmActions'),
  DisableAlarmActions: onAlarms('DisableAlarmActions'),
  PutMetricData: ({ Namespace }) => [
    permission(
      'cloudwatch:PutMetricData',
      '*',
      contextOf({ 'cloudwatch:namespace': textOf(Namespace) }),
    ),
  ],
  GetMetricData: anywhere('GetMetricData'),
  GetMetricStatistics: anywhere('GetMetricStatistics'),
  ListMetrics: anywhere('ListMetrics'),
  TagResource: ({ ResourceARN }) => [permission('cloudwatch:TagResource', textOf(ResourceARN))],
  UntagResource: ({ ResourceARN }) => [permission('cloudwatch:UntagResource', textOf(ResourceARN))],
  ListTagsForResource: ({ ResourceARN }) => [
    permission('cloudwatch:ListTagsForResource', textOf(ResourceARN)),
  ],
});
