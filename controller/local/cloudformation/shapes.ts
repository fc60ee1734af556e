import * as z from 'zod';
import { Flag, listOf } from '../http/aws-query.ts';

const NamedOrId = z.string().min(1);
const StackName = z.string().regex(/^([a-zA-Z][-a-zA-Z0-9]{0,127}|arn:.+)$/);
const ClientToken = z.string().min(1).max(128).optional();
const NextToken = z.string().min(1).max(1024).optional();

const Parameter = z.strictObject({
  ParameterKey: z.string(),
  ParameterValue: z.string().optional(),
  UsePreviousValue: Flag.optional(),
});

export const createChangeSetShape = z.strictObject({
  StackName,
  ChangeSetName: z.string().regex(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/),
  ChangeSetType: z.enum(['CREATE', 'UPDATE']).default('UPDATE'),
  TemplateBody: z.string().min(1).optional(),
  TemplateURL: z.string().min(1).optional(),
  UsePreviousTemplate: Flag.optional(),
  Parameters: listOf(Parameter).default([]),
  Capabilities: listOf(
    z.enum(['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']),
  ).default([]),
  Tags: listOf(z.strictObject({ Key: z.string(), Value: z.string() })).default([]),
  Description: z.string().max(1024).optional(),
  ClientToken,
  ImportExistingResources: Flag.default(false),
  OnStackFailure: z.literal('ROLLBACK').optional(),
  IncludeNestedStacks: z.literal('false').optional(),
});

export type CreateChangeSetInput = z.output<typeof createChangeSetShape>;

export const describeChangeSetShape = z.strictObject({
  ChangeSetName: NamedOrId,
  StackName: StackName.optional(),
  NextToken,
  IncludePropertyValues: z.literal('false').optional(),
});

export const executeChangeSetShape = z.strictObject({
  ChangeSetName: NamedOrId,
  StackName: StackName.optional(),
  ClientRequestToken: ClientToken,
  DisableRollback: z.literal('false').optional(),
});

export const deleteChangeSetShape = z.strictObject({
  ChangeSetName: NamedOrId,
  StackName: StackName.optional(),
});

export const describeStacksShape = z.strictObject({ StackName: StackName.optional(), NextToken });

export const eventsShape = z.strictObject({ StackName, NextToken });

export const resourcesShape = z.strictObject({
  StackName,
  LogicalResourceId: z.string().optional(),
});

export const getTemplateShape = z.strictObject({
  StackName: StackName.optional(),
  ChangeSetName: NamedOrId.optional(),
  // Without macros both stages are the same.
  TemplateStage: z.enum(['Original', 'Processed']).optional(),
});

export const summaryShape = z.strictObject({
  StackName: StackName.optional(),
  TemplateBody: z.string().min(1).optional(),
});

export const listStacksShape = z.strictObject({
  NextToken,
  StackStatusFilter: listOf(z.string()).default([]),
});

export const deleteStackShape = z.strictObject({
  StackName,
  RetainResources: listOf(z.string()).default([]),
  ClientRequestToken: ClientToken,
  DeletionMode: z.literal('STANDARD').optional(),
});

export const protectionShape = z.strictObject({ StackName, EnableTerminationProtection: Flag });
