import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CloudClock } from '../../service.ts';
import type {
  Operation,
  Records,
  ResourceRecord,
  ResourceState,
  StackRecord,
  Step,
} from '../records.ts';
import type { Clients } from '../resources/clients.ts';
import type { At, ResourceType } from '../resources/resource-type.ts';
import type { Types } from '../template/validate.ts';

/** An operation at work on a stack. */
export interface Run {
  readonly uuid: string;
  readonly operation: Operation;
  readonly records: Records;
  readonly types: Types;
  readonly clients: Clients;
  readonly clock: CloudClock;
  /** The cloud ends: nothing is begun any more. */
  readonly signal: AbortSignal;
}

/** The cloud ended in the middle; whoever opens it again goes on. */
export class Interrupted extends Error {
  constructor() {
    super('The local cloud ended in the middle of it.');
    this.name = 'Interrupted';
  }
}

/** A resource that could not be made, changed or deleted; its record says why. */
export class ResourceFailed extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ResourceFailed';
  }
}

const STACK_TYPE = 'AWS::CloudFormation::Stack';

export function stackOf({ records, uuid }: Pick<Run, 'records' | 'uuid'>): StackRecord {
  const stack = records.stacks.get(uuid);
  if (stack === undefined) throw new Error(`no stack ${uuid}`);
  return stack;
}

export function typeOf({ types }: Run, record: { readonly type: string }): ResourceType {
  const type = types.get(record.type);
  if (type === undefined) throw new Error(`no resource type ${record.type}`);
  return type;
}

type Journal = Pick<Run, 'records' | 'clock' | 'uuid'> & {
  readonly operation?: Pick<Operation, 'clientToken'>;
};

/** Gives the stack another status, which is an event. */
export function setStack(
  journal: Journal,
  status: string,
  change: Partial<StackRecord> = {},
): StackRecord {
  const stack = { ...stackOf(journal), reason: undefined, ...change, status };
  const at = journal.clock.now().getTime();
  journal.records.stacks.set(stack.uuid, stack);
  journal.records.addEvent({
    id: randomUUID(),
    uuid: stack.uuid,
    logicalId: stack.name,
    physicalId: stack.id,
    type: STACK_TYPE,
    at,
    status,
    reason: stack.reason,
    properties: undefined,
    clientToken: journal.operation?.clientToken,
  });
  return stack;
}

/** Saves what became of a resource, which is an event. */
export function setResource(
  run: Run,
  record: Omit<ResourceRecord, 'at' | 'reason'>,
  reason?: string,
): ResourceRecord {
  const at = run.clock.now().getTime();
  const saved = { ...record, at, reason };
  run.records.saveResource(saved);
  run.records.addEvent({
    id: `${record.logicalId}-${record.status}-${randomUUID()}`,
    uuid: record.uuid,
    logicalId: record.logicalId,
    physicalId: record.physicalId ?? '',
    type: record.type,
    at,
    status: record.status,
    reason,
    properties: JSON.stringify(record.properties),
    clientToken: run.operation.clientToken,
  });
  return saved;
}

/** The part of a record that a change replaces. */
export function stateOf(record: ResourceRecord): ResourceState {
  const { physicalId, properties, attributes, dependsOn, deletionPolicy, replacePolicy } = record;
  return { physicalId, properties, attributes, dependsOn, deletionPolicy, replacePolicy };
}

export function stepOf(run: Run, record: ResourceRecord | undefined): Step | undefined {
  return record?.step?.operation === run.operation.token ? record.step : undefined;
}

/** Where a resource is handled; the name that it gets is the same whenever this operation asks. */
export function atOf(run: Run, logicalId: string): At {
  const { name, region } = stackOf(run);
  const letters = run.operation.token.replaceAll('-', '').slice(0, 12).toUpperCase();
  return {
    clients: run.clients,
    region,
    token: `${run.operation.token}-${logicalId}`,
    generatedName: `${name}-${logicalId}-${letters}`,
    wait: () => poll(run),
  };
}

const POLL_MILLIS = 500;

/** Waits for the service behind a resource to be done. */
export async function settle(run: Run, record: ResourceRecord): Promise<void> {
  const type = typeOf(run, record);
  const at = atOf(run, record.logicalId);
  while (!(await type.settle(record.physicalId ?? '', record.properties, at))) await poll(run);
}

export async function poll({ clock, signal }: Run): Promise<void> {
  const millis = Math.max(10, POLL_MILLIS / clock.speed);
  try {
    await delay(millis, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Interrupted();
  }
}

/** Why a service refused, as CloudFormation passes it on; what isn't about the request goes on as it is. */
export function describeFailure(error: unknown, token: string): string {
  if (error instanceof ResourceFailed) return error.message;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code =
    HANDLER_CODES.find(([pattern]) => pattern.test(name))?.[1] ?? 'GeneralServiceException';
  return `Resource handler returned message: "${message} (${name})" (RequestToken: ${token}, HandlerErrorCode: ${code})`;
}

const HANDLER_CODES: readonly (readonly [RegExp, string])[] = [
  [/AlreadyExists|AlreadyOwned|ResourceConflict/, 'AlreadyExists'],
  [/NotFound|NoSuch/, 'NotFound'],
  [/AccessDenied/, 'AccessDenied'],
  [/Invalid|Validation|Malformed/, 'InvalidRequest'],
];
