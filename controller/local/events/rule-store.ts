import { openCollection } from '../keyvaluestore/collection.ts';
import { ACCOUNT_ID, type Disk } from '../service.ts';
import { readPattern, type EventPattern } from './event-pattern.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import type { Target } from './shapes.ts';

/** A rule of the default bus of a region. */
export interface Rule {
  readonly region: string;
  readonly name: string;
  readonly pattern: string | undefined;
  readonly schedule: string | undefined;
  readonly isEnabled: boolean;
  readonly description: string | undefined;
  readonly roleArn: string | undefined;
  readonly targets: readonly Target[];
  /** Of a schedule: when it was last run, or made. Milliseconds since 1970. */
  readonly lastRun: number;
}

/** What the texts of a rule mean. */
export interface ReadRule {
  readonly rule: Rule;
  readonly pattern: EventPattern | undefined;
  readonly schedule: Schedule | undefined;
}

export interface Rules {
  get(region: string, name: string): Rule | undefined;
  /** Sorted by name. */
  all(region: string): readonly Rule[];
  /** Of all regions, texts read; only those that are enabled. */
  enabled(): readonly ReadRule[];
  save(rule: Rule): void;
  remove(rule: Rule): void;
}

export function openRules(disk: Disk): Rules {
  const rules = openCollection<Rule>(disk, 'events/rules');
  const read = new Map<Rule, ReadRule>();
  const readOnce = (rule: Rule): ReadRule => {
    const known = read.get(rule);
    if (known !== undefined) return known;
    const pattern = rule.pattern === undefined ? undefined : readPattern(rule.pattern);
    const schedule = rule.schedule === undefined ? undefined : readSchedule(rule.schedule);
    const fresh = { rule, pattern, schedule };
    read.set(rule, fresh);
    return fresh;
  };
  return {
    get: (region, name) => rules.get(`${region}/${name}`),
    all: (region) =>
      rules
        .values()
        .filter((rule) => rule.region === region)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    enabled: () =>
      rules
        .values()
        .filter(({ isEnabled }) => isEnabled)
        .map(readOnce),
    save(rule) {
      forget(rule);
      rules.set(`${rule.region}/${rule.name}`, rule);
    },
    remove(rule) {
      forget(rule);
      rules.remove(`${rule.region}/${rule.name}`);
    },
  };

  function forget({ region, name }: Rule): void {
    const former = rules.get(`${region}/${name}`);
    if (former !== undefined) read.delete(former);
  }
}

export function composeRuleArn({ region, name }: Pick<Rule, 'region' | 'name'>): string {
  return `arn:aws:events:${region}:${ACCOUNT_ID}:rule/${name}`;
}

export function composeBusArn(region: string): string {
  return `arn:aws:events:${region}:${ACCOUNT_ID}:event-bus/default`;
}
