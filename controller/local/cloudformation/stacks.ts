import { randomUUID } from 'node:crypto';
import type { output } from 'zod';
import { cutPage } from '../http/page.ts';
import { refuseBusy, renderParameters, type Context } from './change-sets.ts';
import { setStack } from './engine/run.ts';
import { invalid } from './errors.ts';
import { findStack, requireChangeSet, requireStack } from './find.ts';
import type { EventRecord, Operation, ResourceRecord, StackRecord } from './records.ts';
import type * as shapes from './shapes.ts';
import { readTemplate } from './template/template.ts';

export function describeStacks(
  { StackName, NextToken }: output<typeof shapes.describeStacksShape>,
  { records, region }: Context,
) {
  const stacks =
    StackName === undefined
      ? records.stacks
          .values()
          .filter((one) => one.region === region && one.status !== 'DELETE_COMPLETE')
      : [requireStack(records, region, StackName)];
  const page = cut(stacks, ({ id }) => id, NextToken);
  return { Stacks: page.items.map(renderStack), NextToken: page.next };
}

const PAGE_SIZE = 100;

function cut<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  NextToken: string | undefined,
) {
  return cutPage(items, nameOf, { MaxResults: PAGE_SIZE, NextToken, code: 'ValidationError' });
}

function renderStack(stack: StackRecord) {
  return {
    ...summarize(stack),
    ChangeSetId: stack.changeSetId,
    Parameters: renderParameters(stack.parameters),
    Outputs: stack.outputs,
    Capabilities: stack.capabilities,
    Tags: stack.tags,
    DisableRollback: false,
    EnableTerminationProtection: stack.isProtected,
    NotificationARNs: [],
    RollbackConfiguration: {},
  };
}

function summarize(stack: StackRecord) {
  return {
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: new Date(stack.created),
    LastUpdatedTime: stack.updated === undefined ? undefined : new Date(stack.updated),
    DeletionTime: stack.deleted === undefined ? undefined : new Date(stack.deleted),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

/** ListStacks: those that were deleted, too. */
export function listStacks(
  { NextToken, StackStatusFilter: wanted }: output<typeof shapes.listStacksShape>,
  { records, region }: Context,
) {
  const stacks = records.stacks
    .values()
    .filter((stack) => stack.region === region)
    .filter(({ status }) => wanted.length === 0 || wanted.includes(status));
  const page = cut(stacks, ({ id }) => id, NextToken);
  return { StackSummaries: page.items.map(summarize), NextToken: page.next };
}

/** DescribeStackEvents: newest first. */
export function describeEvents(
  { StackName, NextToken }: output<typeof shapes.eventsShape>,
  { records, region }: Context,
) {
  const stack = requireStack(records, region, StackName);
  const page = cut(records.events(stack.uuid).toReversed(), ({ id }) => id, NextToken);
  return { StackEvents: page.items.map((one) => renderEvent(stack, one)), NextToken: page.next };
}

function renderEvent({ id, name }: StackRecord, event: EventRecord) {
  return {
    StackId: id,
    StackName: name,
    EventId: event.id,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.clientToken,
  };
}

export function describeResources(
  { StackName, LogicalResourceId }: output<typeof shapes.resourcesShape>,
  { records, region }: Context,
) {
  const stack = requireStack(records, region, StackName);
  const resources = records
    .resources(stack.uuid)
    .filter(({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId);
  if (LogicalResourceId !== undefined && resources.length === 0) {
    throw invalid(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`);
  }
  return { StackResources: resources.map((one) => renderResource(stack, one)) };
}

function renderResource({ id, name }: StackRecord, resource: ResourceRecord) {
  return {
    StackId: id,
    StackName: name,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    Timestamp: new Date(resource.at),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

/** GetTemplate: as it was sent, of a stack or of a change set. */
export function getTemplate(
  { StackName, ChangeSetName }: output<typeof shapes.getTemplateShape>,
  { records, region }: Context,
) {
  const StagesAvailable = ['Original', 'Processed'];
  if (ChangeSetName !== undefined) {
    const { changeSet } = requireChangeSet(records, region, { ChangeSetName, StackName });
    return { TemplateBody: changeSet.body, StagesAvailable };
  }
  if (StackName === undefined) throw invalid('StackName must be specified.');
  const stack = requireStack(records, region, StackName);
  return { TemplateBody: stack.body, StagesAvailable };
}

/** GetTemplateSummary: what a template asks for. */
export async function summarizeTemplate(
  { StackName, TemplateBody }: output<typeof shapes.summaryShape>,
  { records, region }: Context,
) {
  if ((StackName === undefined) === (TemplateBody === undefined)) {
    throw invalid('Either StackName or TemplateBody must be specified.');
  }
  const stack = StackName === undefined ? undefined : requireStack(records, region, StackName);
  const body = TemplateBody ?? stack?.body ?? '';
  const { Description, Parameters, Resources } = await readTemplate(body);
  return {
    Description,
    Parameters: Object.entries(Parameters).map(([ParameterKey, one]) => ({
      ParameterKey,
      ParameterType: one.Type,
      DefaultValue: one.Default,
      Description: one.Description,
      NoEcho: false,
    })),
    ResourceTypes: [...new Set(Object.values(Resources).map(({ Type }) => Type))],
  };
}

/** DeleteStack: what isn't there is deleted already. */
export function deleteStack(
  input: output<typeof shapes.deleteStackShape>,
  { records, region, clock, engine }: Context,
): void {
  const stack = findStack(records, region, input.StackName);
  if (stack === undefined || ['DELETE_COMPLETE', 'DELETE_IN_PROGRESS'].includes(stack.status))
    return;
  if (stack.isProtected) {
    throw invalid(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  refuseBusy(stack);
  if (input.RetainResources.length > 0 && stack.status !== 'DELETE_FAILED') {
    throw invalid(
      `Invalid operation on stack [${stack.id}]. RetainResources can only be used when stack is in DELETE_FAILED state.`,
    );
  }
  for (const one of records.changeSets.values()) {
    if (one.stack === stack.uuid) records.changeSets.remove(one.uuid);
  }
  for (const resource of records.resources(stack.uuid)) {
    if (resource.isGone !== true) records.saveResource({ ...resource, doomed: 'stack' });
  }
  const operation: Operation = {
    kind: 'delete',
    token: randomUUID(),
    clientToken: input.ClientRequestToken,
    phase: 'cleanup',
    changeSetId: undefined,
    body: stack.body,
    parameters: stack.parameters,
    imports: [],
    retain: input.RetainResources,
  };
  const journal = { records, clock, uuid: stack.uuid, operation };
  setStack(journal, 'DELETE_IN_PROGRESS', { operation, reason: 'User Initiated' });
  engine.start(stack.uuid);
}

export function protectStack(
  { StackName, EnableTerminationProtection }: output<typeof shapes.protectionShape>,
  { records, region }: Context,
) {
  const stack = requireStack(records, region, StackName);
  records.stacks.set(stack.uuid, { ...stack, isProtected: EnableTerminationProtection });
  return { StackId: stack.id };
}
