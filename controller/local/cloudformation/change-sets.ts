import { randomUUID } from 'node:crypto';
import type { output } from 'zod';
import { ServiceError, type CloudClock } from '../service.ts';
import type { Engine } from './engine/engine.ts';
import { setStack } from './engine/run.ts';
import { invalid } from './errors.ts';
import { requireChangeSet } from './find.ts';
import { cutPage } from '../http/page.ts';
import type { Change, ChangeSetRecord, Operation, Records, StackRecord } from './records.ts';
import type * as shapes from './shapes.ts';

export interface Context {
  readonly records: Records;
  readonly clock: CloudClock;
  readonly region: string;
  readonly engine: Engine;
}

const PAGE_SIZE = 100;

export function describeChangeSet(
  input: output<typeof shapes.describeChangeSetShape>,
  context: Context,
) {
  const { changeSet, stack } = requireChangeSet(context.records, context.region, input);
  const { status, execution } = statusOf(changeSet, context.clock);
  const isReady = status !== 'CREATE_IN_PROGRESS';
  const page = cutPage(isReady ? changeSet.changes : [], ({ logicalId }) => logicalId, {
    MaxResults: PAGE_SIZE,
    NextToken: input.NextToken,
    code: 'ValidationError',
  });
  return {
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackName: stack.name,
    StackId: stack.id,
    Description: changeSet.description,
    CreationTime: new Date(changeSet.created),
    Status: status,
    StatusReason: isReady ? changeSet.failure : undefined,
    ExecutionStatus: execution,
    Parameters: renderParameters(changeSet.parameters),
    Capabilities: changeSet.capabilities,
    Tags: changeSet.tags,
    Changes: page.items.map(renderChange),
    NextToken: page.next,
  };
}

export function renderParameters(parameters: Readonly<Record<string, string>>) {
  return Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
}

function statusOf({ ready, failure, execution }: ChangeSetRecord, clock: CloudClock) {
  if (clock.now().getTime() < ready) {
    return { status: 'CREATE_IN_PROGRESS', execution: 'UNAVAILABLE' };
  }
  return { status: failure === undefined ? 'CREATE_COMPLETE' : 'FAILED', execution };
}

function renderChange(change: Change) {
  const { action, logicalId, physicalId, type, replacement, scope } = change;
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: action,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Replacement: replacement,
      Scope: scope,
      Details: change.properties.map((name) => ({
        Target: {
          Attribute: name === 'Tags' ? 'Tags' : 'Properties',
          Name: name === 'Tags' ? undefined : name,
          RequiresRecreation: change.recreating.includes(name) ? 'Always' : 'Never',
        },
        Evaluation: 'Static',
        ChangeSource: 'DirectModification',
      })),
    },
  };
}

/** ExecuteChangeSet: the other change sets of the stack are worth nothing any more, and go. */
export function executeChangeSet(
  input: output<typeof shapes.executeChangeSetShape>,
  context: Context,
): void {
  const { records, clock, engine, region } = context;
  const { changeSet, stack } = requireChangeSet(records, region, input);
  const { ClientRequestToken: clientToken } = input;
  if (changeSet.executedBy !== undefined && changeSet.executedBy === clientToken) return;
  const { status, execution } = statusOf(changeSet, clock);
  if (status !== 'CREATE_COMPLETE' || execution !== 'AVAILABLE') {
    const [kind, value] =
      status === 'CREATE_COMPLETE' ? ['execution status', execution] : ['status', status];
    const message = `ChangeSet [${changeSet.id}] cannot be executed in its current ${kind} of [${value}]`;
    throw new ServiceError(400, 'InvalidChangeSetStatus', message);
  }
  refuseBusy(stack);
  for (const other of records.changeSets.values()) {
    if (other.stack === stack.uuid && other !== changeSet) records.changeSets.remove(other.uuid);
  }
  const executed = { ...changeSet, execution: 'EXECUTE_IN_PROGRESS', executedBy: clientToken };
  records.changeSets.set(changeSet.uuid, executed);
  const isNew = stack.status === 'REVIEW_IN_PROGRESS';
  const operation: Operation = {
    kind: isNew ? 'create' : 'update',
    token: randomUUID(),
    clientToken,
    phase: 'forward',
    changeSetId: changeSet.id,
    body: changeSet.body,
    parameters: changeSet.parameters,
    imports: importsOf(changeSet),
    retain: [],
  };
  const { capabilities, tags, id: changeSetId } = changeSet;
  const changed = { operation, capabilities, tags, changeSetId, reason: 'User Initiated' };
  const times = isNew ? {} : { updated: clock.now().getTime() };
  const journal = { records, clock, uuid: stack.uuid, operation };
  setStack(journal, isNew ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS', { ...changed, ...times });
  engine.start(stack.uuid);
}

function importsOf({ changes }: ChangeSetRecord): readonly string[] {
  return changes.filter(({ action }) => action === 'Import').map(({ logicalId }) => logicalId);
}

/** Refuses a stack that another operation is at work on. */
export function refuseBusy({ id, status, operation }: StackRecord): void {
  if (operation === undefined) return;
  throw invalid(`Stack:${id} is in ${status} state and can not be updated.`);
}

/** DeleteChangeSet: one that isn't there is no error. */
export function deleteChangeSet(
  input: output<typeof shapes.deleteChangeSetShape>,
  context: Context,
): void {
  const { records, region } = context;
  try {
    const { changeSet } = requireChangeSet(records, region, input);
    if (changeSet.execution === 'EXECUTE_IN_PROGRESS') {
      const message = `ChangeSet [${changeSet.id}] is being executed.`;
      throw new ServiceError(400, 'InvalidChangeSetStatus', message);
    }
    records.changeSets.remove(changeSet.uuid);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'ChangeSetNotFound') throw error;
  }
}
