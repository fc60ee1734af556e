import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { observe } from '../observe.ts';
import type { MeasurePart } from '../part-run.ts';
import { seconds } from '../wait.ts';
import { failAfterImport } from './failed-import.ts';
import { createStack, type Prepared } from './scratch-stack.ts';

/** Two events of each, and two of the stack: more than the page that is assumed. */
const GROUPS = 50;
const PAGE = 100;

/** How CloudFormation tells of change sets and of what it does. */
export const measureStacks: MeasurePart = async (clients, run) => {
  const { scratch, add, say } = run;
  add(await observe('stack-import-undone', () => failAfterImport(clients, run)));
  const stack = createStack(clients.stacks, run, { suffix: 'stack' });
  const template = composeTemplate(scratch.name);
  const first = await stack.prepare('CREATE', template);
  add(
    await observe('stack-time', async () => {
      const { Status, StatusReason = '' } = first.changeSet;
      const evidence = `the change set was ${Status} after ${seconds(first.milliseconds)} ${StatusReason}`;
      return [Status === 'CREATE_COMPLETE', evidence];
    }),
  );
  say(`a stack of ${GROUPS} log groups`);
  const made = await stack.carryOut(first.name);
  if (made !== 'CREATE_COMPLETE') throw new Error(`the stack is ${made}`);
  add(
    await observe('stack-events', async () => tellEvents(await stack.events())),
    await observe('stack-outputs-alone', async () => {
      const Outputs = { Added: { Value: 'added' } };
      const second = await stack.prepare('UPDATE', { ...template, Outputs });
      const [isEmpty, evidence] = tellChanges(second);
      const status = isEmpty ? await stack.carryOut(second.name) : 'not carried out';
      return [status === 'UPDATE_COMPLETE', `${evidence}, ${status}`];
    }),
  );
};

function composeTemplate(name: string) {
  const one = (index: number) => ({
    Type: 'AWS::Logs::LogGroup',
    Properties: { LogGroupName: `${name}-group-${index}`, RetentionInDays: 1 },
  });
  const groups = Array.from({ length: GROUPS }, (_, index) => [`Group${index}`, one(index)]);
  return { Resources: Object.fromEntries(groups) as Readonly<Record<string, object>> };
}

function tellEvents(events: readonly StackEvent[]): readonly [boolean, string] {
  const times = events.map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
  const isSorted = times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0));
  const evidence = `newest first: ${isSorted}, ${events.length} in the first page`;
  return [isSorted && events.length === PAGE, evidence];
}

function tellChanges({ changeSet }: Prepared): readonly [boolean, string] {
  const { Status, ExecutionStatus, Changes = [], StatusReason = '' } = changeSet;
  const isEmpty =
    Status === 'CREATE_COMPLETE' && ExecutionStatus === 'AVAILABLE' && Changes.length === 0;
  const evidence = `${Status} ${StatusReason} ${ExecutionStatus}, ${Changes.length} changes`;
  return [isEmpty, evidence];
}
