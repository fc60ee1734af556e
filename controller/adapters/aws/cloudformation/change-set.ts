import { randomUUID } from 'node:crypto';
import {
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  type Change,
  type CloudFormationClient,
  type DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import type { S3Client } from '@aws-sdk/client-s3';
import { RefusedError, UnansweredError } from '../../../core/errors.ts';
import type { ChangeSet, DeployRequest, StackChange } from '../../../ports/stacks.ts';
import { required } from '../fields.ts';
import { explain } from './failure.ts';
import { poll } from './poll.ts';
import { withTemplate } from './staged-template.ts';

const DEADLINE_MINUTES = 10;
/** How CloudFormation says that there is nothing to do: by a change set that failed (documented). */
const NO_CHANGES = /didn't contain changes|No updates are to be performed/;

export interface ChangeSetOptions {
  readonly client: CloudFormationClient;
  readonly s3: (region: string) => Promise<S3Client>;
  readonly type: 'CREATE' | 'UPDATE';
  /** For messages. */
  readonly resource: string;
  /** Of one that CloudFormation refuses: nobody else would remove it. */
  readonly discard: (id: string) => Promise<void>;
}

/** What is retained of an earlier set-up comes back by its name (ImportExistingResources) instead of being in the way. */
export async function createChangeSet(
  request: DeployRequest,
  { client, s3, type, resource, discard }: ChangeSetOptions,
): Promise<ChangeSet> {
  // A name and a token of its own: a request that is sent again makes no second one.
  const name = `headgate-${randomUUID()}`;
  const id = await withTemplate(request, s3, async (body) => {
    const command = new CreateChangeSetCommand({
      ...body,
      StackName: request.name,
      ChangeSetName: name,
      ChangeSetType: type,
      ClientToken: name,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      ImportExistingResources: true,
      Parameters: Object.entries(request.parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    });
    try {
      return required((await client.send(command)).Id, 'the id of a change set');
    } catch (error) {
      throw explain(error, 'CreateChangeSet', resource);
    }
  });
  return waitForChangeSet({ client, resource, id, discard });
}

interface Wanted extends Pick<ChangeSetOptions, 'client' | 'resource' | 'discard'> {
  readonly id: string;
}

async function waitForChangeSet(wanted: Wanted): Promise<ChangeSet> {
  const { id, resource } = wanted;
  const found = await poll(DEADLINE_MINUTES * 60_000, async () => {
    const page = await describe(wanted, undefined);
    return page.Status === 'CREATE_COMPLETE' || page.Status === 'FAILED' ? page : undefined;
  });
  if (found === undefined) {
    throw new UnansweredError(
      `CloudFormation has not worked out the changes of the ${resource} after ${DEADLINE_MINUTES} minutes.`,
      'Run the command again.',
    );
  }
  if (found.Status === 'CREATE_COMPLETE') {
    return { id, isNeeded: true, changes: await listChanges(wanted, found) };
  }
  const reason = found.StatusReason ?? 'it gives no reason';
  if (NO_CHANGES.test(reason)) return { id, isNeeded: false, changes: [] };
  await wanted.discard(id);
  throw new RefusedError(
    `CloudFormation refuses the change of the ${resource}: ${reason}`,
    'Mend what it names, and run the command again: nothing was changed.',
  );
}

async function listChanges(
  wanted: Wanted,
  first: DescribeChangeSetCommandOutput,
): Promise<readonly StackChange[]> {
  const changes = [...(first.Changes ?? [])];
  let next = first.NextToken;
  while (next !== undefined) {
    const page = await describe(wanted, next);
    changes.push(...(page.Changes ?? []));
    next = page.NextToken;
  }
  return changes.map(toChange);
}

async function describe({ client, resource, id }: Wanted, NextToken: string | undefined) {
  try {
    return await client.send(new DescribeChangeSetCommand({ ChangeSetName: id, NextToken }));
  } catch (error) {
    throw explain(error, 'DescribeChangeSet', resource);
  }
}

const ACTIONS = {
  Add: 'add',
  Modify: 'modify',
  Remove: 'remove',
  Import: 'import',
} as const;

function toChange({ ResourceChange: change }: Change): StackChange {
  const named = required(change, 'the resource of a change');
  const action = Object.entries(ACTIONS).find(([name]) => name === named.Action)?.[1];
  return {
    action: action ?? 'dynamic',
    logicalId: required(named.LogicalResourceId, 'the logical id of a change'),
    type: required(named.ResourceType, 'the type of a change'),
    // `Conditional`: it depends on what another resource turns out to be; the worse is assumed.
    replaces: named.Replacement === 'True' || named.Replacement === 'Conditional',
  };
}
