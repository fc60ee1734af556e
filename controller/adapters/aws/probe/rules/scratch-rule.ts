import {
  DeleteRuleCommand,
  type EventBridgeClient,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import type { ProbeClients } from '../clients.ts';
import type { ScratchFunction } from '../lambda/scratch-function.ts';
import type { Scratch } from '../scratch.ts';

interface Plan {
  readonly suffix: string;
  readonly when: Pick<PutRuleCommandInput, 'EventPattern' | 'ScheduleExpression'>;
  readonly target: ScratchFunction;
  readonly input: Pick<Target, 'Input' | 'InputTransformer'>;
}

/** A rule of the default bus that runs a function of the probe's own; its name. */
export async function createRule(
  { events, lambda }: ProbeClients,
  scratch: Scratch,
  { suffix, when, target, input }: Plan,
): Promise<string> {
  const Name = `${scratch.name}-${suffix}`;
  scratch.keep(`rule ${Name}`, () => events.send(new DeleteRuleCommand({ Name })));
  const { RuleArn } = await events.send(new PutRuleCommand({ Name, ...when }));
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: target.name,
      StatementId: suffix,
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: RuleArn,
    }),
  );
  scratch.keep(`target of ${Name}`, () => removeTarget(events, Name));
  const Targets = [{ Id: 'probe', Arn: target.arn, ...input }];
  await events.send(new PutTargetsCommand({ Rule: Name, Targets }));
  return Name;
}

function removeTarget(events: EventBridgeClient, Rule: string): Promise<unknown> {
  return events.send(new RemoveTargetsCommand({ Rule, Ids: ['probe'] }));
}
