import { randomUUID } from 'node:crypto';
import type { OwnMetric } from '../cloudwatch/cloudwatch.ts';
import type { Identity } from '../iam/identity.ts';
import type { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { LambdaFunctions } from '../lambda/function-store.ts';
import { mayInvoke } from '../lambda/permissions.ts';
import type { CloudClock } from '../service.ts';
import { composeEvent, type BusEvent, type Happening } from './event.ts';
import { matchesPattern } from './event-pattern.ts';
import { matchesCron } from './cron.ts';
import { composeRuleArn, type ReadRule, type Rule, type Rules } from './rule-store.ts';
import type { Target } from './shapes.ts';
import { composeInput } from './target-input.ts';

export interface BusOptions {
  readonly rules: Rules;
  readonly clock: CloudClock;
  readonly functions: Pick<LambdaFunctions, 'get'>;
  readonly queue: Pick<AsyncInvocations, 'add'>;
  /** Whether EventBridge may do that in a role. Default: it may. */
  readonly mayAct?: Identity['mayAct'];
  readonly report: (metric: OwnMetric, value: number) => void;
  readonly log: (line: string) => void;
  /** How often each event reaches each target: EventBridge promises at least once. */
  readonly copies: number;
}

const MINUTE = 60_000;

/** The default event buses of all regions. */
export class Bus {
  readonly #options: BusOptions;

  constructor(options: BusOptions) {
    this.#options = options;
  }

  /** Hands an event to everybody whose rule it matches; its id. */
  accept(happening: Happening): string {
    const event = composeEvent(happening);
    this.#distribute(event, { region: happening.region, isForwarded: false });
    return event.id;
  }

  /** Runs the rules whose schedule says so. What was missed while the cloud was off stays missed. */
  runSchedules(): void {
    const now = this.#options.clock.now();
    for (const read of this.#options.rules.enabled()) {
      const lastRun = this.#nextRun(read, now);
      if (lastRun === undefined) continue;
      const { rule } = read;
      this.#options.rules.save({ ...rule, lastRun });
      const event = composeEvent({
        region: rule.region,
        source: 'aws.events',
        detailType: 'Scheduled Event',
        resources: [composeRuleArn(rule)],
        detail: {},
        time: now,
      });
      this.#trigger(rule, event, false);
    }
  }

  /** What becomes the last run when the rule is due now. */
  #nextRun({ rule, schedule }: ReadRule, now: Date): number | undefined {
    const time = now.getTime();
    if (schedule === undefined) return undefined;
    if (schedule.kind === 'cron') {
      const minute = Math.floor(time / MINUTE) * MINUTE;
      return minute > rule.lastRun && matchesCron(schedule.cron, now) ? minute : undefined;
    }
    const interval = (schedule.minutes * MINUTE) / this.#options.clock.speed;
    const passed = Math.floor((time - rule.lastRun) / interval);
    return passed < 1 ? undefined : rule.lastRun + passed * interval;
  }

  #distribute(
    event: BusEvent,
    at: { readonly region: string; readonly isForwarded: boolean },
  ): void {
    for (const { rule, pattern } of this.#options.rules.enabled()) {
      if (rule.region !== at.region || pattern === undefined) continue;
      if (matchesPattern(pattern, event)) this.#trigger(rule, event, at.isForwarded);
    }
  }

  #trigger(rule: Rule, event: BusEvent, isForwarded: boolean): void {
    this.#count(rule, 'TriggeredRules');
    for (const target of rule.targets) {
      for (let copy = 0; copy < this.#options.copies; copy += 1) {
        const problem = this.#deliver({ rule, target, event, isForwarded });
        this.#count(rule, 'Invocations');
        if (problem === undefined) continue;
        this.#count(rule, 'FailedInvocations');
        this.#options.log(`${composeRuleArn(rule)} ${target.Id} ${event.id}: ${problem}`);
      }
    }
  }

  /** Why it can't be delivered. */
  #deliver(delivery: {
    readonly rule: Rule;
    readonly target: Target;
    readonly event: BusEvent;
    readonly isForwarded: boolean;
  }): string | undefined {
    const { rule, target, event, isForwarded } = delivery;
    const { clock, functions, queue } = this.#options;
    const [, , service, region = '', , , name = ''] = target.Arn.split(':');
    if (service === 'events') {
      if (isForwarded) return 'an event goes from one bus to another only once';
      if (!this.#mayForward(rule, target))
        return `${target.RoleArn} may not put events on that bus`;
      this.#distribute(event, { region, isForwarded: true });
      return undefined;
    }
    const arn = composeRuleArn(rule);
    const record = functions.get(region, name);
    if (record === undefined) return `there is no function ${target.Arn}`;
    if (!mayInvoke(record, { principal: 'events.amazonaws.com', sourceArn: arn })) {
      return `the policy of ${target.Arn} does not let ${arn} invoke it`;
    }
    const matched = { event, rule: { name: rule.name, arn }, received: clock.now() };
    const composed = composeInput(target, matched);
    if (composed === undefined) return 'the InputTemplate made no JSON of this event';
    queue.add({ arn: target.Arn, event: composed.input, requestId: randomUUID() });
    return undefined;
  }

  #mayForward(rule: Rule, { Arn: resource, RoleArn: role }: Target): boolean {
    const { mayAct } = this.#options;
    if (role === undefined || mayAct === undefined) return true;
    const source = composeRuleArn(rule);
    const service = 'events.amazonaws.com';
    return mayAct({ role, service, action: 'events:PutEvents', resource, source });
  }

  #count({ region, name }: Rule, MetricName: string): void {
    const Dimensions = [{ Name: 'RuleName', Value: name }];
    this.#options.report({ region, namespace: 'AWS/Events', MetricName, Dimensions }, 1);
  }
}
