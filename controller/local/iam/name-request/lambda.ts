import { readName } from '../../lambda/call.ts';
import type { ServiceRequest } from '../../service.ts';
import {
  composeArn,
  permission,
  readJson,
  textOf,
  type NamedRequest,
  type Permission,
} from './permission.ts';

/** By method and what comes after the function's name. */
const OPERATIONS: Readonly<Record<string, readonly [operation: string, action: string]>> = {
  'GET ': ['GetFunction', 'GetFunction'],
  'DELETE ': ['DeleteFunction', 'DeleteFunction'],
  'GET configuration': ['GetFunctionConfiguration', 'GetFunctionConfiguration'],
  'PUT configuration': ['UpdateFunctionConfiguration', 'UpdateFunctionConfiguration'],
  'PUT code': ['UpdateFunctionCode', 'UpdateFunctionCode'],
  'GET versions': ['ListVersionsByFunction', 'ListVersionsByFunction'],
  'POST versions': ['PublishVersion', 'PublishVersion'],
  'POST invocations': ['Invoke', 'InvokeFunction'],
  'GET policy': ['GetPolicy', 'GetPolicy'],
  'POST policy': ['AddPermission', 'AddPermission'],
  'DELETE policy': ['RemovePermission', 'RemovePermission'],
  'GET concurrency': ['GetFunctionConcurrency', 'GetFunctionConcurrency'],
  'PUT concurrency': ['PutFunctionConcurrency', 'PutFunctionConcurrency'],
  'DELETE concurrency': ['DeleteFunctionConcurrency', 'DeleteFunctionConcurrency'],
};

const TAGS: Readonly<Record<string, string>> = {
  GET: 'ListTags',
  POST: 'TagResource',
  DELETE: 'UntagResource',
};

const ACCOUNT_SETTINGS = '/2016-08-19/account-settings';

/** What requests to Lambda need. */
export function nameLambda(request: ServiceRequest): NamedRequest | undefined {
  const { method, path, query, region } = request;
  if (path.replace(/\/$/, '') === ACCOUNT_SETTINGS) return plain('GetAccountSettings', '*');
  const [, , root, id = '', resource = ''] = path.split('/').map(decodeURIComponent);
  if (root === 'tags') return plain(TAGS[method], id);
  if (root !== 'functions') return undefined;
  if (id === '') return method === 'POST' ? create(request) : plain('ListFunctions', '*');
  const [operation, action] = OPERATIONS[`${method} ${resource}`] ?? [];
  if (operation === undefined) return undefined;
  const { name, qualifier } = readName(id);
  const arn = functionArn(region, name, query.get('Qualifier') ?? qualifier);
  const permissions = [permission(`lambda:${action}`, arn), ...passing(request, operation)];
  return { operation, permissions };
}

function plain(operation: string | undefined, resource: string): NamedRequest | undefined {
  if (operation === undefined) return undefined;
  return { operation, permissions: [permission(`lambda:${operation}`, resource)] };
}

function create(request: ServiceRequest): NamedRequest {
  const { FunctionName, Tags } = readJson(request);
  const arn = functionArn(request.region, readName(textOf(FunctionName)).name);
  const tag = Tags === undefined ? [] : [permission('lambda:TagResource', arn)];
  const operation = 'CreateFunction';
  const own = permission('lambda:CreateFunction', arn);
  return { operation, permissions: [own, ...tag, ...passing(request, operation)] };
}

/** Whoever gives a function a role could do through it whatever the role may do. */
function passing(request: ServiceRequest, operation: string): readonly Permission[] {
  if (operation !== 'CreateFunction' && operation !== 'UpdateFunctionConfiguration') return [];
  const { Role } = readJson(request);
  if (Role === undefined) return [];
  const to = { 'iam:PassedToService': 'lambda.amazonaws.com' };
  return [permission('iam:PassRole', textOf(Role), to)];
}

function functionArn(region: string, name: string, qualifier?: string): string {
  const suffix = qualifier === undefined ? '' : `:${qualifier}`;
  return composeArn('lambda', region, `function:${name}${suffix}`);
}
