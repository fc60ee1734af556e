import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ACCOUNT_ID, ServiceError, type ServiceResponse } from '../service.ts';
import { conflict, json, type Call } from './call.ts';
import type { FunctionRecord, Permission } from './function.ts';
import { composeArn } from './function-store.ts';
import { invalidParameter, readInput } from './input.ts';

const permissionShape = z.strictObject({
  StatementId: z.string().regex(/^[\w-]{1,100}$/),
  Action: z.string().regex(/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/),
  Principal: z.string().min(1),
  SourceArn: z.string().startsWith('arn:').optional(),
  SourceAccount: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  RevisionId: z.string().optional(),
});

/** AddPermission: lets a service call the function; without it EventBridge can't. */
export function addPermission(call: Call): ServiceResponse {
  const { record, request } = call;
  refuseQualifier(call);
  const { StatementId, RevisionId, ...input } = readInput(permissionShape, request);
  checkRevision(record, RevisionId);
  const known = record.permissions ?? [];
  if (known.some(({ id }) => id === StatementId)) {
    throw conflict(
      `The statement id (${StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const permission: Permission = {
    id: StatementId,
    action: input.Action,
    principal: input.Principal,
    sourceArn: input.SourceArn,
    sourceAccount: input.SourceAccount,
  };
  save(call, [...known, permission]);
  return json(201, { Statement: JSON.stringify(render(record, permission)) });
}

/** GetPolicy: all that was permitted, as one policy. */
export function getPolicy(call: Call): ServiceResponse {
  const { record } = call;
  refuseQualifier(call);
  const known = record.permissions ?? [];
  if (known.length === 0) throw noSuch();
  const Statement = known.map((one) => render(record, one));
  const policy = { Version: '2012-10-17', Id: 'default', Statement };
  return json(200, { Policy: JSON.stringify(policy), RevisionId: record.latest.revisionId });
}

/** RemovePermission: the statement's id is the last part of the path. */
export function removePermission(call: Call): ServiceResponse {
  refuseQualifier(call);
  const { record, request } = call;
  checkRevision(record, request.query.get('RevisionId') ?? undefined);
  const id = decodeURIComponent(request.path.split('/').at(-1) ?? '');
  const known = record.permissions ?? [];
  if (!known.some((one) => one.id === id)) throw noSuch();
  save(
    call,
    known.filter((one) => one.id !== id),
  );
  return { status: 204 };
}

/** Whether a service may invoke the function on behalf of one of its resources. */
export function mayInvoke(
  record: FunctionRecord,
  caller: { readonly principal: string; readonly sourceArn: string },
): boolean {
  return (record.permissions ?? []).some(
    ({ action, principal, sourceArn, sourceAccount = ACCOUNT_ID }) =>
      ['lambda:InvokeFunction', 'lambda:*', '*'].includes(action) &&
      [caller.principal, '*'].includes(principal) &&
      sourceAccount === ACCOUNT_ID &&
      (sourceArn === undefined || matchesArn(sourceArn, caller.sourceArn)),
  );
}

/** ArnLike: `*` for any text, `?` for one character. */
function matchesArn(pattern: string, arn: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(arn);
}

function save({ functions, record }: Call, permissions: readonly Permission[]): void {
  // What is permitted belongs to the function's revision, not to its code.
  functions.save({
    ...record,
    permissions,
    latest: { ...record.latest, revisionId: randomUUID() },
  });
}

function render(record: FunctionRecord, permission: Permission) {
  const { id, action, principal, sourceArn, sourceAccount } = permission;
  const isService = principal.endsWith('.amazonaws.com');
  return {
    Sid: id,
    Effect: 'Allow',
    Principal: isService ? { Service: principal } : principal,
    Action: action,
    Resource: composeArn(record),
    ...(sourceArn === undefined && sourceAccount === undefined
      ? {}
      : {
          Condition: {
            ...(sourceAccount && { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
            ...(sourceArn && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
          },
        }),
  };
}

function refuseQualifier({ qualifier }: Call): void {
  if (qualifier === undefined) return;
  throw invalidParameter('The local cloud keeps permissions of whole functions only.');
}

function checkRevision({ latest }: FunctionRecord, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === latest.revisionId) return;
  throw new ServiceError(
    412,
    'PreconditionFailedException',
    'The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId',
  );
}

function noSuch(): ServiceError {
  const message = 'The resource you requested does not exist.';
  return new ServiceError(404, 'ResourceNotFoundException', message);
}
