import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type CreateChangeSetCommandInput,
  type DescribeChangeSetCommandOutput,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientConfig } from '../harness.ts';

type Resources = Readonly<Record<string, object>>;

// Every question costs more than the time that it might save.
const POLL_MILLIS = 40;

/** A team's way with stacks: change set, look at it, carry it out. */
export class StackClient {
  readonly sdk: CloudFormationClient;

  constructor(config: ClientConfig) {
    this.sdk = new CloudFormationClient(config);
  }

  /** The change set as it is when it is ready. */
  async prepare(
    StackName: string,
    resources: Resources,
    more: Partial<CreateChangeSetCommandInput> = {},
  ): Promise<DescribeChangeSetCommandOutput> {
    const isThere = (await this.find(StackName)) !== undefined;
    const made = await this.sdk.send(
      new CreateChangeSetCommand({
        StackName,
        ChangeSetName: `c-${randomUUID()}`,
        ChangeSetType: isThere ? 'UPDATE' : 'CREATE',
        TemplateBody: JSON.stringify({ Resources: resources }),
        ...more,
      }),
    );
    const described = () =>
      this.sdk.send(new DescribeChangeSetCommand({ ChangeSetName: String(made.Id) }));
    let changeSet = await described();
    while (changeSet.Status?.endsWith('_IN_PROGRESS')) {
      await delay(POLL_MILLIS);
      changeSet = await described();
    }
    return changeSet;
  }

  async execute({ ChangeSetId }: DescribeChangeSetCommandOutput): Promise<void> {
    await this.sdk.send(new ExecuteChangeSetCommand({ ChangeSetName: String(ChangeSetId) }));
  }

  /** The stack as it is when it rests. */
  async deploy(
    name: string,
    resources: Resources,
    more: Partial<CreateChangeSetCommandInput> = {},
  ): Promise<Stack> {
    const changeSet = await this.prepare(name, resources, more);
    if (changeSet.StatusReason !== undefined) throw new Error(changeSet.StatusReason);
    await this.execute(changeSet);
    return await this.rest(String(changeSet.StackId));
  }

  /** Until nothing is being done to it any more. */
  async rest(id: string): Promise<Stack> {
    for (;;) {
      const stack = await this.find(id);
      if (stack?.StackStatus?.endsWith('_IN_PROGRESS') !== true) return stack ?? ({} as Stack);
      await delay(POLL_MILLIS);
    }
  }

  async delete(id: string, RetainResources: string[] = []): Promise<Stack> {
    await this.sdk.send(new DeleteStackCommand({ StackName: id, RetainResources }));
    return await this.rest(id);
  }

  /** undefined: there is none of that name. */
  async find(nameOrId: string): Promise<Stack | undefined> {
    try {
      const answer = await this.sdk.send(new DescribeStacksCommand({ StackName: nameOrId }));
      return answer.Stacks?.[0];
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  }

  /** Why what failed. */
  async failures(id: string): Promise<readonly string[]> {
    const command = new DescribeStackEventsCommand({ StackName: id });
    const { StackEvents = [] } = await this.sdk.send(command);
    return StackEvents.filter((one) => one.ResourceStatus?.endsWith('_FAILED')).map(
      (one) => `${one.LogicalResourceId}: ${one.ResourceStatusReason}`,
    );
  }

  /** `<logical id> <status>`, oldest first. */
  async events(id: string): Promise<readonly string[]> {
    const { StackEvents = [] } = await this.sdk.send(
      new DescribeStackEventsCommand({ StackName: id }),
    );
    return StackEvents.toReversed().map(
      ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
    );
  }
}
