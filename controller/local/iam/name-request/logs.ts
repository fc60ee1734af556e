import type { ServiceRequest } from '../../service.ts';
import { composeArn, nameByTarget, permission, textOf, type Input } from './permission.ts';

/**
 * IAM sees a group as its streams: a policy needs `log-group:<name>:*` for it, and `log-group:<name>`
 * alone is for tags.
 */
const onGroup = (action: string) => (input: Input, request: ServiceRequest) => [
  permission(`logs:${action}`, streamArn(request, textOf(input['logGroupName']), '')),
];

const onStream = (action: string) => (input: Input, request: ServiceRequest) => {
  const { logGroupName, logStreamName } = input;
  const arn = streamArn(request, textOf(logGroupName), textOf(logStreamName));
  return [permission(`logs:${action}`, arn)];
};

const onArn = (action: string) => (input: Input) => [
  permission(`logs:${action}`, textOf(input['resourceArn'])),
];

function streamArn({ region }: ServiceRequest, group: string, stream: string): string {
  return composeArn('logs', region, `log-group:${group}:log-stream:${stream}`);
}

/** What requests to CloudWatch Logs need. */
export const nameLogs = nameByTarget({
  CreateLogGroup: (input, request) => {
    const create = onGroup('CreateLogGroup')(input, request);
    if (input['tags'] === undefined) return create;
    const arn = composeArn('logs', request.region, `log-group:${textOf(input['logGroupName'])}`);
    return [...create, permission('logs:TagResource', arn)];
  },
  DeleteLogGroup: onGroup('DeleteLogGroup'),
  DescribeLogGroups: (_, request) => [
    permission('logs:DescribeLogGroups', streamArn(request, '', '')),
  ],
  DescribeLogStreams: onGroup('DescribeLogStreams'),
  FilterLogEvents: onGroup('FilterLogEvents'),
  PutRetentionPolicy: onGroup('PutRetentionPolicy'),
  DeleteRetentionPolicy: onGroup('DeleteRetentionPolicy'),
  PutMetricFilter: onGroup('PutMetricFilter'),
  DeleteMetricFilter: onGroup('DeleteMetricFilter'),
  DescribeMetricFilters: onGroup('DescribeMetricFilters'),
  TestMetricFilter: () => [permission('logs:TestMetricFilter', '*')],
  CreateLogStream: onStream('CreateLogStream'),
  PutLogEvents: onStream('PutLogEvents'),
  GetLogEvents: onStream('GetLogEvents'),
  TagResource: onArn('TagResource'),
  UntagResource: onArn('UntagResource'),
  ListTagsForResource: onArn('ListTagsForResource'),
});
