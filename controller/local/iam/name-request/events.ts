import type { ServiceRequest } from '../../service.ts';
import {
  composeArn,
  nameByTarget,
  permission,
  textOf,
  type Input,
  type Permission,
} from './permission.ts';

const onRule =
  (action: string, member = 'Name') =>
  (input: Input, request: ServiceRequest) => [
    permission(`events:${action}`, ruleArn(request, textOf(input[member]))),
  ];

function ruleArn({ region }: ServiceRequest, name: string): string {
  return composeArn('events', region, `rule/${name}`);
}

const anywhere = (action: string) => () => [permission(`events:${action}`, '*')];

const onArn = (action: string) => (input: Input) => [
  permission(`events:${action}`, textOf(input['ResourceARN'])),
];

/** Targets that EventBridge reaches in a role of the account: other buses. */
function passing({ Targets }: Input): readonly Permission[] {
  const roles = (Array.isArray(Targets) ? (Targets as readonly Input[]) : []).flatMap(
    ({ RoleArn }) => (RoleArn === undefined ? [] : [textOf(RoleArn)]),
  );
  const to = { 'iam:PassedToService': 'events.amazonaws.com' };
  return [...new Set(roles)].map((role) => permission('iam:PassRole', role, to));
}

/** What requests to EventBridge need. */
export const nameEvents = nameByTarget({
  PutRule: (input, request) => {
    const put = onRule('PutRule')(input, request);
    const tag = permission('events:TagResource', ruleArn(request, textOf(input['Name'])));
    return input['Tags'] === undefined ? put : [...put, tag];
  },
  DescribeRule: onRule('DescribeRule'),
  EnableRule: onRule('EnableRule'),
  DisableRule: onRule('DisableRule'),
  DeleteRule: onRule('DeleteRule'),
  PutTargets: (input, request) => [
    ...onRule('PutTargets', 'Rule')(input, request),
    ...passing(input),
  ],
  RemoveTargets: onRule('RemoveTargets', 'Rule'),
  ListTargetsByRule: onRule('ListTargetsByRule', 'Rule'),
  ListRules: (_, request) => [permission('events:ListRules', ruleArn(request, '*'))],
  ListRuleNamesByTarget: anywhere('ListRuleNamesByTarget'),
  TestEventPattern: anywhere('TestEventPattern'),
  PutEvents: ({ Entries }, request) => {
    const entries = Array.isArray(Entries) ? (Entries as readonly Input[]) : [];
    const sources = entries.map(({ Source }) => textOf(Source));
    const buses = entries.map(({ EventBusName }) => textOf(EventBusName) || 'default');
    return [...new Set(buses)].map((bus) =>
      permission(
        'events:PutEvents',
        bus.startsWith('arn:') ? bus : composeArn('events', request.region, `event-bus/${bus}`),
        { 'events:source': [...new Set(sources)] },
      ),
    );
  },
  TagResource: onArn('TagResource'),
  UntagResource: onArn('UntagResource'),
  ListTagsForResource: onArn('ListTagsForResource'),
});
