import {
  type CloudFormationClient,
  type ChangeSetType,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetOutput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { TAGS } from '../roles/role.ts';
import type { PartRun } from '../part-run.ts';
import { waitFor } from '../wait.ts';

export interface ScratchStack {
  /** A change set that was made, and how long that took. */
  prepare(type: ChangeSetType, template: object): Promise<Prepared>;
  /** The status that it ends with. */
  carryOut(changeSet: string): Promise<string>;
  /** Of the first page. */
  events(): Promise<readonly StackEvent[]>;
}

export interface Prepared {
  readonly changeSet: DescribeChangeSetOutput;
  readonly name: string;
  readonly milliseconds: number;
}

const MOST_MILLISECONDS = 900_000;

/** A stack of the probe's own; nothing is made before a change set is. */
export function createStack(
  stacks: CloudFormationClient,
  run: PartRun,
  { suffix, imports = false }: { readonly suffix: string; readonly imports?: boolean },
): ScratchStack {
  const { scratch, signal, minute } = run;
  const StackName = `${scratch.name}-${suffix}`;
  const patience = { signal, pause: minute / 60, most: MOST_MILLISECONDS };
  let count = 0;
  return {
    async prepare(type, template) {
      const begun = Date.now();
      count += 1;
      const ChangeSetName = `change-${count}`;
      if (count === 1) scratch.keep(`stack ${StackName}`, () => remove(stacks, StackName, run));
      const TemplateBody = JSON.stringify(template);
      const order = { StackName, ChangeSetName, ChangeSetType: type, TemplateBody, Tags: TAGS };
      const options = { ...(imports && { ImportExistingResources: true }) };
      await stacks.send(new CreateChangeSetCommand({ ...order, ...options }));
      const changeSet = await waitFor(async () => {
        const seen = await stacks.send(new DescribeChangeSetCommand({ StackName, ChangeSetName }));
        return /_(PENDING|IN_PROGRESS)$/.test(seen.Status ?? '') ? undefined : seen;
      }, patience);
      if (changeSet === undefined) throw new Error('the change set is never made');
      return { changeSet, name: ChangeSetName, milliseconds: Date.now() - begun };
    },
    async carryOut(ChangeSetName) {
      await stacks.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
      const status = await waitFor(() => readEnd(stacks, StackName), patience);
      if (status === undefined) throw new Error(`stack ${StackName} never ends`);
      return status;
    },
    async events() {
      const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName }));
      return StackEvents;
    },
  };
}

/** Undefined: something is still being done. */
async function readEnd(
  stacks: CloudFormationClient,
  StackName: string,
): Promise<string | undefined> {
  const { Stacks = [] } = await stacks.send(new DescribeStacksCommand({ StackName }));
  const status = Stacks[0]?.StackStatus;
  return status?.endsWith('_IN_PROGRESS') === true ? undefined : status;
}

/** By name a deleted stack is gone, which is said as a ValidationError. */
async function remove(
  stacks: CloudFormationClient,
  StackName: string,
  { minute }: PartRun,
): Promise<void> {
  await stacks.send(new DeleteStackCommand({ StackName }));
  // Not of the run's signal: after Ctrl-C it is taken away, too.
  const { signal } = new AbortController();
  const patience = { signal, pause: minute / 60, most: MOST_MILLISECONDS };
  const status = await waitFor(async () => {
    try {
      return await readEnd(stacks, StackName);
    } catch (error) {
      if (error instanceof Error && error.name === 'ValidationError') return 'gone';
      throw error;
    }
  }, patience);
  if (status !== 'gone') throw new Error(`the stack is ${status}`);
}
