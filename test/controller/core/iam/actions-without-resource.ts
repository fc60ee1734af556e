/**
 * Actions for which only `*` is a resource: the Service Authorization Reference knows none for them, or, of
 * composite alarms, the API's page asks for it (documented).
 */
export const ACTIONS_WITHOUT_RESOURCE: ReadonlySet<string> = new Set([
  'cloudfront:ListDistributions',
  'cloudfront:ListFunctions',
  'cloudfront:ListKeyValueStores',
  'cloudwatch:DescribeAlarmHistory',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'events:TestEventPattern',
  'iam:ListRoles',
  'servicequotas:ListServiceQuotas',
  'ssm:DescribeParameters',
]);
