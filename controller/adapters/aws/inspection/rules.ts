import {
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  TestEventPatternCommand,
  type EventBridgeClient,
  type Rule,
} from '@aws-sdk/client-eventbridge';
import { mapAtOnce } from '../../../core/at-once.ts';
import { UnansweredError } from '../../../core/errors.ts';
import type { Inspection, RuleSeen } from '../../../ports/inspection.ts';
import { required } from '../fields.ts';
import { ask, askPages } from './asking.ts';
import type { Clients } from './clients.ts';

type OfRules = Pick<Inspection, 'rules' | 'matches' | 'sendEvent'>;

const AT_ONCE = 4;

export function inspectRules(clients: Pick<Clients, 'events'>): OfRules {
  return {
    async rules(region, prefix) {
      const client = await clients.events(region);
      const found = await listRules(client, prefix, region);
      return mapAtOnce(found, AT_ONCE, (rule) => describe(client, rule));
    },
    async matches(region, pattern, event) {
      const client = await clients.events(region);
      const doing = { action: 'events:TestEventPattern', resource: `EventBridge in ${region}` };
      const asked = { EventPattern: pattern, Event: JSON.stringify(event) };
      const answer = await ask(doing, () => client.send(new TestEventPatternCommand(asked)));
      return answer.Result === true;
    },
    async sendEvent(region, { source, type, detail }) {
      const client = await clients.events(region);
      const resource = `the default event bus of ${region}`;
      const entry = { Source: source, DetailType: type, Detail: JSON.stringify(detail) };
      const answer = await ask({ action: 'events:PutEvents', resource }, () =>
        client.send(new PutEventsCommand({ Entries: [entry] })),
      );
      const failure = answer.Entries?.[0]?.ErrorMessage;
      if (failure === undefined) return;
      throw new UnansweredError(
        `${resource} did not take the test event: ${failure}`,
        'Run it again.',
      );
    },
  };
}

async function listRules(
  client: EventBridgeClient,
  prefix: string,
  region: string,
): Promise<readonly Rule[]> {
  const pages = await askPages(
    { action: 'events:ListRules', resource: `the rules of ${region}` },
    (NextToken) => client.send(new ListRulesCommand({ NamePrefix: prefix, NextToken })),
    ({ NextToken }) => NextToken,
  );
  return pages.flatMap(({ Rules = [] }) => Rules);
}

async function describe(client: EventBridgeClient, rule: Rule): Promise<RuleSeen> {
  const name = required(rule.Name, 'the name of a rule');
  const doing = { action: 'events:ListTargetsByRule', resource: `rule ${name}` };
  const pages = await askPages(
    doing,
    (NextToken) => client.send(new ListTargetsByRuleCommand({ Rule: name, NextToken })),
    ({ NextToken }) => NextToken,
  );
  const targets = pages.flatMap(({ Targets = [] }) => Targets);
  return {
    name,
    arn: required(rule.Arn, 'the ARN of a rule'),
    isEnabled: rule.State !== 'DISABLED',
    schedule: rule.ScheduleExpression,
    pattern: rule.EventPattern,
    targets: targets.map(({ Arn, Input, InputTransformer }) => ({
      arn: required(Arn, 'the ARN of a target'),
      input: Input ?? InputTransformer?.InputTemplate,
    })),
  };
}
