import type { output } from 'zod';
import { cutPage } from '../http/page.ts';
import { ServiceError } from '../service.ts';
import { readPattern } from './event-pattern.ts';
import { composeBusArn, composeRuleArn, type Rule, type Rules } from './rule-store.ts';
import { readSchedule } from './schedule.ts';
import type * as shapes from './shapes.ts';
import { checkTarget } from './target-input.ts';

/** The rules of one region at one moment. */
export interface At {
  readonly rules: Rules;
  readonly region: string;
  readonly now: Date;
}

const RULES_LIMIT = 300;
const TARGETS_LIMIT = 5;

/** PutRule: makes it, or changes everything about it but its targets. */
export function putRule(input: output<typeof shapes.putRuleShape>, at: At) {
  const { Name, EventPattern, ScheduleExpression } = input;
  checkBus(input, at);
  if (EventPattern === undefined && ScheduleExpression === undefined) {
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (EventPattern !== undefined) readPattern(EventPattern);
  if (ScheduleExpression !== undefined && readSchedule(ScheduleExpression) === undefined) {
    throw invalid('Parameter ScheduleExpression is not valid.');
  }
  const former = at.rules.get(at.region, Name);
  if (former === undefined && at.rules.all(at.region).length >= RULES_LIMIT) throw tooMany();
  const isSameSchedule = former?.schedule === ScheduleExpression;
  const rule: Rule = {
    region: at.region,
    name: Name,
    pattern: EventPattern,
    schedule: ScheduleExpression,
    isEnabled: input.State === 'ENABLED',
    description: input.Description,
    roleArn: input.RoleArn,
    targets: former?.targets ?? [],
    lastRun: former !== undefined && isSameSchedule ? former.lastRun : at.now.getTime(),
  };
  at.rules.save(rule);
  return { RuleArn: composeRuleArn(rule) };
}

type Named = output<typeof shapes.nameShape>;

export function describeRule(input: Named, at: At) {
  return render(find(input, input.Name, at));
}

/** EnableRule and DisableRule. A schedule goes on from the moment it is enabled. */
export function setState(input: Named, isEnabled: boolean, at: At): void {
  const rule = find(input, input.Name, at);
  const lastRun = isEnabled && !rule.isEnabled ? at.now.getTime() : rule.lastRun;
  at.rules.save({ ...rule, isEnabled, lastRun });
}

export function listRules(input: output<typeof shapes.listRulesShape>, at: At) {
  checkBus(input, at);
  const named = at.rules
    .all(at.region)
    .filter((rule) => rule.name.startsWith(input.NamePrefix ?? ''));
  const page = cut(named, ({ name }) => name, input);
  return { Rules: page.items.map(render), NextToken: page.next };
}

/** Deleting what isn't there is no error; what still has targets can't be deleted. */
export function deleteRule(input: output<typeof shapes.deleteRuleShape>, at: At): void {
  checkBus(input, at);
  const rule = at.rules.get(at.region, input.Name);
  if (rule === undefined) return;
  if (rule.targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
  at.rules.remove(rule);
}

/** PutTargets: a target of the same Id is replaced. All are put, or none. */
export function putTargets(input: output<typeof shapes.putTargetsShape>, at: At) {
  const rule = find(input, input.Rule, at);
  for (const target of input.Targets) {
    checkArn(target, at.region);
    checkTarget(target);
  }
  const targets = new Map(rule.targets.map((target) => [target.Id, target]));
  for (const target of input.Targets) targets.set(target.Id, target);
  if (targets.size > TARGETS_LIMIT) throw tooMany();
  at.rules.save({ ...rule, targets: [...targets.values()] });
  return { FailedEntryCount: 0, FailedEntries: [] };
}

/** Ids that aren't there are answered, not refused. */
export function removeTargets(input: output<typeof shapes.removeTargetsShape>, at: At) {
  const rule = find(input, input.Rule, at);
  const known = rule.targets.map(({ Id }) => Id);
  const targets = rule.targets.filter(({ Id }) => !input.Ids.includes(Id));
  at.rules.save({ ...rule, targets });
  const FailedEntries = input.Ids.filter((id) => !known.includes(id)).map((TargetId) => ({
    TargetId,
    ErrorCode: 'ResourceNotFoundException',
    ErrorMessage: `Rule ${rule.name} does not have a target with the Id ${TargetId}.`,
  }));
  return { FailedEntryCount: FailedEntries.length, FailedEntries };
}

export function listTargets(input: output<typeof shapes.listTargetsShape>, at: At) {
  const page = cut(find(input, input.Rule, at).targets, ({ Id }) => Id, input);
  return { Targets: page.items, NextToken: page.next };
}

export function listNames(input: output<typeof shapes.listNamesShape>, at: At) {
  checkBus(input, at);
  const rules = at.rules
    .all(at.region)
    .filter(({ targets }) => targets.some(({ Arn }) => Arn === input.TargetArn));
  const page = cut(rules, ({ name }) => name, input);
  return { RuleNames: page.items.map(({ name }) => name), NextToken: page.next };
}

function cut<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { Limit, NextToken }: { readonly Limit: number; readonly NextToken?: string | undefined },
) {
  return cutPage(items, nameOf, { MaxResults: Limit, NextToken, code: 'ValidationException' });
}

function render(rule: Rule) {
  return {
    Name: rule.name,
    Arn: composeRuleArn(rule),
    EventPattern: rule.pattern,
    ScheduleExpression: rule.schedule,
    State: rule.isEnabled ? 'ENABLED' : 'DISABLED',
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: 'default',
  };
}

type OnBus = { readonly EventBusName: string };

function find(input: OnBus, name: string, at: At): Rule {
  checkBus(input, at);
  const rule = at.rules.get(at.region, name);
  if (rule !== undefined) return rule;
  throw missing(`Rule ${name} does not exist on EventBus default.`);
}

function checkBus({ EventBusName }: OnBus, { region }: At): void {
  if (EventBusName === 'default' || EventBusName === composeBusArn(region)) return;
  throw missing(`Event bus ${EventBusName} does not exist.`);
}

/** A function in the rule's own region, or the bus of another one, which needs a role. */
function checkArn(
  { Id, Arn, RoleArn }: output<typeof shapes.putTargetsShape>['Targets'][number],
  region: string,
): void {
  const [prefix, , service, place, account = '', resource = ''] = Arn.split(':');
  if (prefix !== 'arn' || !/^\d{12}$/.test(account)) {
    throw invalid(`Provided Arn is not in correct format. Target: ${Id}.`);
  }
  if (service === 'lambda' && /^arn:[^:]+:lambda:[^:]+:\d+:function:[\w-]+$/.test(Arn)) {
    if (place === region) return;
    throw invalid(`Provided Arn of target ${Id} is in ${place}, its rule in ${region}.`);
  }
  if (service === 'events' && resource === 'event-bus/default') {
    if (RoleArn !== undefined && place !== region) return;
    throw invalid(`RoleArn is required for target ${Id}, and another region than ${region}.`);
  }
  throw invalid(
    `The local cloud delivers to functions (without a version) and to default buses, not to ${Arn}.`,
  );
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationException', message);
}

function missing(message: string): ServiceError {
  return new ServiceError(400, 'ResourceNotFoundException', message);
}

function tooMany(): ServiceError {
  const message = 'The requested resource exceeds the maximum number allowed.';
  return new ServiceError(400, 'LimitExceededException', message);
}
