import { createJsonService, defineOperation, type JsonOperation } from '../http/aws-json.ts';
import type { CloudClock, Disk, Service } from '../service.ts';
import { Bus, type BusOptions } from './bus.ts';
import type { Happening } from './event.ts';
import { putEvents, testPattern } from './put-events.ts';
import { openRules, type Rules } from './rule-store.ts';
import * as operations from './rule-operations.ts';
import * as shapes from './shapes.ts';

export type EventsOptions = Omit<BusOptions, 'rules' | 'copies'> & {
  readonly disk: Disk;
  /** Default 1. */
  readonly copies?: number | undefined;
};

export interface Events extends Service {
  /** What a service of AWS says on the default bus of a region. */
  accept(happening: Happening): void;
  /** Stops the schedules. */
  close(): void;
}

const TICK_MILLIS = 1000;

/** EventBridge: rules with a pattern or a schedule on default buses, and their targets. */
export function createEvents(options: EventsOptions): Events {
  const { disk, clock, copies = 1 } = options;
  const rules = openRules(disk);
  const bus = new Bus({ ...options, rules, copies });
  const tick = Math.max(10, TICK_MILLIS / clock.speed);
  const timer = setInterval(() => bus.runSchedules(), tick).unref();
  const service = createJsonService({
    signingName: 'events',
    target: 'AWSEvents',
    version: '1.1',
    operations: {
      ...ruleOperations(rules, clock),
      PutEvents: defineOperation(shapes.putEventsShape, (input, { region }) =>
        putEvents(input, { region, bus, clock }),
      ),
      TestEventPattern: defineOperation(shapes.testPatternShape, testPattern),
    },
  });
  return {
    ...service,
    accept: (happening) => void bus.accept(happening),
    close: () => clearInterval(timer),
  };
}

function ruleOperations(rules: Rules, clock: CloudClock): Record<string, JsonOperation> {
  const at = (region: string) => ({ rules, region, now: clock.now() });
  return {
    PutRule: defineOperation(shapes.putRuleShape, (input, { region }) =>
      operations.putRule(input, at(region)),
    ),
    DescribeRule: defineOperation(shapes.nameShape, (input, { region }) =>
      operations.describeRule(input, at(region)),
    ),
    EnableRule: defineOperation(shapes.nameShape, (input, { region }) =>
      operations.setState(input, true, at(region)),
    ),
    DisableRule: defineOperation(shapes.nameShape, (input, { region }) =>
      operations.setState(input, false, at(region)),
    ),
    ListRules: defineOperation(shapes.listRulesShape, (input, { region }) =>
      operations.listRules(input, at(region)),
    ),
    DeleteRule: defineOperation(shapes.deleteRuleShape, (input, { region }) =>
      operations.deleteRule(input, at(region)),
    ),
    PutTargets: defineOperation(shapes.putTargetsShape, (input, { region }) =>
      operations.putTargets(input, at(region)),
    ),
    RemoveTargets: defineOperation(shapes.removeTargetsShape, (input, { region }) =>
      operations.removeTargets(input, at(region)),
    ),
    ListTargetsByRule: defineOperation(shapes.listTargetsShape, (input, { region }) =>
      operations.listTargets(input, at(region)),
    ),
    ListRuleNamesByTarget: defineOperation(shapes.listNamesShape, (input, { region }) =>
      operations.listNames(input, at(region)),
    ),
  };
}
