import {
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  type CloudFormationClient,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { S3Client } from '@aws-sdk/client-s3';
import { RefusedError } from '../../../core/errors.ts';
import type { Template } from '../../../core/infrastructure/template.ts';
import type { ChangeSet, StackEvent, StackState, Stacks } from '../../../ports/stacks.ts';
import { required } from '../fields.ts';
import { createChangeSet } from './change-set.ts';
import { explain, inProgress, isMissing, nameStack } from './failure.ts';
import { findLastEvent, followStack, type Ending } from './follow.ts';

export interface StacksOptions {
  readonly client: CloudFormationClient;
  readonly region: string;
  /** For templates that are too large for a request. */
  readonly s3: (region: string) => Promise<S3Client>;
}

/** A change set was begun for it, and none was ever carried out. */
const EMPTY = 'REVIEW_IN_PROGRESS';
const DONE = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE']);

export function createStacks(options: StacksOptions): Stacks {
  const { client, s3 } = options;
  const nameOf = (name: string) => nameStack(name, options.region);
  return {
    async read(name) {
      const found = await describe(client, name, nameOf(name));
      if (found === undefined || found.StackStatus === EMPTY) return undefined;
      return toState(found, await readTemplate(client, name, nameOf(name)));
    },

    async prepare(request) {
      const resource = nameOf(request.name);
      const found = await describe(client, request.name, resource);
      refuseBusy(found, resource);
      const type = found === undefined || found.StackStatus === EMPTY ? 'CREATE' : 'UPDATE';
      return createChangeSet(request, {
        client,
        s3,
        type,
        resource,
        discard: (id) => discard(client, { name: request.name, resource, id }),
      });
    },

    execute: (name, changeSet, tell) =>
      execute(client, { name, resource: nameOf(name), changeSet, tell }),

    discard: (name, { id }) => discard(client, { name, resource: nameOf(name), id }),

    delete: (name, tell) => remove(client, { name, resource: nameOf(name), tell }),
  };
}

interface Discarded {
  readonly name: string;
  readonly resource: string;
  readonly id: string;
}

async function discard(
  client: CloudFormationClient,
  { name, resource, id }: Discarded,
): Promise<void> {
  await attempt('DeleteChangeSet', resource, () =>
    client.send(new DeleteChangeSetCommand({ ChangeSetName: id })),
  );
  // Nothing is in it, and an empty stack would puzzle whoever finds it.
  const found = await describe(client, name, resource);
  if (found?.StackStatus !== EMPTY) return;
  const StackName = required(found.StackId, 'the id of a stack');
  await attempt('DeleteStack', resource, () => client.send(new DeleteStackCommand({ StackName })));
}

interface Execution {
  readonly name: string;
  readonly resource: string;
  readonly changeSet: ChangeSet;
  readonly tell: (event: StackEvent) => void;
}

async function execute(client: CloudFormationClient, execution: Execution): Promise<void> {
  const { name, resource, changeSet, tell } = execution;
  const stackId = required((await describe(client, name, resource))?.StackId, 'the id of a stack');
  const followed = { client, stackId, resource };
  const since = await findLastEvent(followed);
  // The token makes a request that is sent again the same one.
  const token = changeSet.id.split('/').at(-1);
  await attempt('ExecuteChangeSet', resource, () =>
    client.send(
      new ExecuteChangeSetCommand({ ChangeSetName: changeSet.id, ClientRequestToken: token }),
    ),
  );
  const ending = await followStack(followed, since, tell);
  if (!DONE.has(ending.status)) throw rolledBack(resource, ending);
}

function rolledBack(resource: string, { status, failures }: Ending): RefusedError {
  const reasons = failures.map(({ logicalId, reason }) => `${logicalId}: ${reason}`);
  const why = reasons.length === 0 ? 'CloudFormation gives no reason' : reasons.join('; ');
  const next = status.endsWith('ROLLBACK_FAILED')
    ? 'Mend what it names, then `aws cloudformation continue-update-rollback`, and run the command again.'
    : 'Everything is as it was before. Mend what it names, and run the command again.';
  return new RefusedError(`The ${resource} was not changed (${status}): ${why}`, next);
}

interface Removal {
  readonly name: string;
  readonly resource: string;
  readonly tell: (event: StackEvent) => void;
}

async function remove(
  client: CloudFormationClient,
  { name, resource, tell }: Removal,
): Promise<readonly string[]> {
  const found = await describe(client, name, resource);
  if (found === undefined) return [];
  refuseBusy(found, resource);
  const stackId = required(found.StackId, 'the id of a stack');
  const followed = { client, stackId, resource };
  const since = await findLastEvent(followed);
  await attempt('DeleteStack', resource, () =>
    client.send(new DeleteStackCommand({ StackName: stackId })),
  );
  const { status, failures } = await followStack(followed, since, tell);
  if (status === 'DELETE_COMPLETE') return [];
  // From the events: DescribeStackResources tells of the first 100 alone (documented).
  const undeleted = new Set(failures.map(({ logicalId }) => logicalId));
  return undeleted.size > 0 ? [...undeleted] : [`it (${status})`];
}

async function describe(
  client: CloudFormationClient,
  StackName: string,
  resource: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks: found = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return found[0]?.StackStatus === 'DELETE_COMPLETE' ? undefined : found[0];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw explain(error, 'DescribeStacks', resource);
  }
}

async function readTemplate(
  client: CloudFormationClient,
  StackName: string,
  resource: string,
): Promise<Template> {
  const { TemplateBody } = await attempt('GetTemplate', resource, () =>
    client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' })),
  );
  const body = required(TemplateBody, 'the template of a stack');
  // Of one that is still being made CloudFormation may have none yet.
  if (body === '')
    return { AWSTemplateFormatVersion: '2010-09-09', Description: '', Resources: {} };
  if (body.trimStart().startsWith('{')) return JSON.parse(body) as Template;
  throw new RefusedError(
    `The ${resource} was made by something else: its template isn't JSON.`,
    'Give the stacks another name: `setup: { stack: ... }` in edge.yaml.',
  );
}

function toState(stack: Stack, template: Template): StackState {
  return {
    status: required(stack.StackStatus, 'the status of a stack'),
    isProtected: stack.EnableTerminationProtection === true,
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [
        ParameterKey,
        ParameterValue,
      ]),
    ),
    template,
  };
}

function refuseBusy(found: Stack | undefined, resource: string): void {
  const status = found?.StackStatus ?? '';
  if (status !== EMPTY && status.endsWith('_IN_PROGRESS')) throw inProgress(resource, status);
}

async function attempt<T>(verb: string, resource: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explain(error, verb, resource);
  }
}
