import type { Part } from './part.ts';

const BUCKET = ['s3:CreateBucket', 's3:DeleteBucket', 's3:ListAllMyBuckets', 's3:*BucketPolicy'];
const OBJECTS = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'];
const ROLE = [
  'iam:CreateRole',
  'iam:TagRole',
  'iam:DeleteRole',
  'iam:ListRoles',
  'iam:*RolePolicy',
];
const FUNCTION = [
  'lambda:CreateFunction',
  'lambda:DeleteFunction',
  'lambda:GetFunction*',
  'lambda:ListFunctions',
  'iam:PassRole',
];
const LOGS = ['logs:*LogGroup', 'logs:DescribeLogGroups', 'logs:FilterLogEvents'];

/** All of them, the usual ones first. */
export const PARTS: readonly Part[] = [
  {
    name: 'basics',
    isUsual: true,
    makes: 'a bucket and a parameter',
    rights: [
      ...BUCKET,
      ...OBJECTS,
      's3:AbortMultipartUpload',
      'ssm:*Parameter',
      'ssm:GetParametersByPath',
      'cloudfront:ListDistributions',
      'cloudwatch:DescribeAlarms',
    ],
    minutes: 1,
    dollars: 0.01,
  },
  {
    name: 'edge',
    isUsual: true,
    makes:
      'a bucket, a KeyValueStore, functions, a headers policy, an origin access control and a distribution',
    rights: [
      'cloudfront:*',
      'cloudfront-keyvaluestore:*',
      ...BUCKET,
      ...OBJECTS,
      'logs:FilterLogEvents',
      'logs:DescribeLogGroups',
      'logs:DeleteLogGroup',
      'cloudwatch:GetMetricData',
    ],
    minutes: 45,
    dollars: 0.5,
  },
  {
    name: 'logs',
    isUsual: true,
    makes: 'log groups, one with a metric filter',
    rights: [
      ...LOGS,
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'logs:*MetricFilter',
      'cloudwatch:GetMetricData',
    ],
    minutes: 6,
    dollars: 0.05,
  },
  {
    name: 'roles',
    isUsual: false,
    makes:
      'a role that may do next to nothing, which it takes, buckets, a KeyValueStore, functions and a distribution that is off',
    rights: [
      ...ROLE,
      'iam:UpdateAssumeRolePolicy',
      'iam:SimulatePrincipalPolicy',
      'sts:AssumeRole',
      'cloudfront:*',
      ...BUCKET,
      's3:ListBucket',
    ],
    minutes: 15,
    dollars: 0.01,
  },
  {
    name: 'session-end',
    isUsual: false,
    makes: 'a role that may do nothing, which it takes until that ends',
    rights: ['iam:CreateRole', 'iam:TagRole', 'iam:DeleteRole', 'iam:ListRoles', 'sts:AssumeRole'],
    minutes: 17,
    dollars: 0.01,
  },
  {
    name: 'alarms',
    isUsual: false,
    makes:
      'alarms and a composite alarm on a metric of its own; rules that take any alarm get their changes',
    rights: [
      'cloudwatch:Put*',
      'cloudwatch:SetAlarmState',
      'cloudwatch:DeleteAlarms',
      'cloudwatch:DescribeAlarm*',
    ],
    minutes: 10,
    dollars: 0.05,
  },
  {
    name: 'rules',
    isUsual: false,
    makes:
      'rules, a function of Lambda that they run, its log group and its role; events on the default bus, which rules that take any event get, too',
    rights: [
      'events:*',
      ...LOGS,
      ...ROLE,
      ...FUNCTION,
      'lambda:AddPermission',
      'lambda:InvokeFunction',
    ],
    minutes: 10,
    dollars: 0.01,
  },
  {
    name: 'lambda',
    isUsual: false,
    makes: 'a role without permissions and a function of Lambda',
    rights: [...ROLE, ...FUNCTION, 'lambda:UpdateFunctionConfiguration', 'lambda:PublishVersion'],
    minutes: 2,
    dollars: 0.01,
  },
  {
    name: 'stacks',
    isUsual: false,
    makes: 'two stacks of log groups',
    rights: ['cloudformation:*', ...LOGS, 'logs:PutRetentionPolicy', 'logs:PutMetricFilter'],
    minutes: 4,
    dollars: 0.01,
  },
  {
    name: 'table',
    isUsual: false,
    makes:
      'a table with a replica in eu-west-1, which AWS keeps for a day: a later run takes it away',
    rights: ['dynamodb:*', 'iam:CreateServiceLinkedRole'],
    minutes: 25,
    dollars: 0.05,
  },
  {
    name: 'lambda-edge',
    isUsual: false,
    makes:
      'two roles, a distribution, and functions of Lambda@Edge, whose replicas stay for hours: a later run takes them away',
    rights: [
      'those of edge',
      ...ROLE,
      'iam:CreateServiceLinkedRole',
      ...FUNCTION,
      'lambda:EnableReplication*',
      'lambda:DisableReplication*',
      'lambda:PublishVersion',
      'sts:AssumeRole',
      'cloudwatch:GetMetricData',
    ],
    minutes: 40,
    dollars: 0.05,
  },
];
