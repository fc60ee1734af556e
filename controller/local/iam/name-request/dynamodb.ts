import type { ServiceRequest } from '../../service.ts';
import { composeArn, nameByTarget, permission, textOf, type Input } from './permission.ts';

const onTable = (action: string) => (input: Input, request: ServiceRequest) => [
  permission(`dynamodb:${action}`, tableArn(request, input)),
];

function tableArn({ region }: ServiceRequest, { TableName }: Input): string {
  const name = textOf(TableName);
  return name.startsWith('arn:') ? name : composeArn('dynamodb', region, `table/${name}`);
}

const onArn = (action: string) => (input: Input) => [
  permission(`dynamodb:${action}`, textOf(input['ResourceArn'])),
];

const TABLE_ACTIONS = [
  'GetItem',
  'Query',
  'Scan',
  'PutItem',
  'DeleteItem',
  'UpdateItem',
  'CreateTable',
  'DescribeTable',
  'UpdateTable',
  'DeleteTable',
  'UpdateTimeToLive',
  'DescribeTimeToLive',
  'UpdateContinuousBackups',
  'DescribeContinuousBackups',
];

/** What requests to DynamoDB need. */
export const nameDynamoDb = nameByTarget({
  ...Object.fromEntries(TABLE_ACTIONS.map((action) => [action, onTable(action)])),
  ListTables: () => [permission('dynamodb:ListTables', '*')],
  TagResource: onArn('TagResource'),
  UntagResource: onArn('UntagResource'),
  ListTagsOfResource: onArn('ListTagsOfResource'),
});
