import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { defineResource, unlessMissing } from './resource-type.ts';
import { Tags } from './tags.ts';

const ruleShape = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string(),
        RoleArn: z.string().optional(),
        Input: z.string().optional(),
        InputPath: z.string().optional(),
        InputTransformer: z
          .strictObject({
            InputPathsMap: z.record(z.string(), z.string()).optional(),
            InputTemplate: z.string(),
          })
          .optional(),
      }),
    )
    .optional(),
  Tags,
});

function toRule(Name: string, properties: z.output<typeof ruleShape>) {
  const { EventPattern, ScheduleExpression, State, Description } = properties;
  return new PutRuleCommand({
    Name,
    EventPattern: EventPattern && JSON.stringify(EventPattern),
    ScheduleExpression,
    State,
    Description,
  });
}

const RULE = defineResource({
  type: 'AWS::Events::Rule',
  shape: ruleShape,
  attributes: ['Arn'],
  createOnly: ['Name'],
  nameProperty: 'Name',
  async create(properties, { clients, generatedName }) {
    const name = properties.Name ?? generatedName.slice(-64);
    await clients.events.send(toRule(name, properties));
    return name;
  },
  async update(name, { properties }, { clients }) {
    await clients.events.send(toRule(name, properties));
  },
  async settle(Rule, { Targets = [] }, { clients: { events } }) {
    const wanted = Targets.map(({ Id }) => Id);
    const left = (await listTargets(events, Rule)).filter((id) => !wanted.includes(id));
    if (left.length > 0) await events.send(new RemoveTargetsCommand({ Rule, Ids: left }));
    if (Targets.length > 0) await events.send(new PutTargetsCommand({ Rule, Targets }));
    return true;
  },
  async read(Name, _, { clients }) {
    const found = await unlessMissing(clients.events.send(new DescribeRuleCommand({ Name })));
    return found && { Arn: String(found.Arn) };
  },
  async remove(Name, _, { clients: { events } }) {
    const Ids = (await unlessMissing(listTargets(events, Name))) ?? [];
    if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ Rule: Name, Ids }));
    await events.send(new DeleteRuleCommand({ Name }));
  },
});

/** Ids; a rule has five at most. */
async function listTargets(events: EventBridgeClient, Rule: string): Promise<string[]> {
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule }));
  return Targets.map(({ Id }) => String(Id));
}

export const EVENTS_TYPES = [RULE];
