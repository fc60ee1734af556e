/** Plans that one KeyValueStore write can carry become one train. */
import type { TogetherPolicy } from '../policy/policy.ts';
import {
  KEYS_PER_WRITE,
  makeTrain,
  nameMember,
  type Train,
  type TrainMember,
} from '../state/train.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import type { AppendHistory, Change, WriteRoute } from './change.ts';
import { moveOf } from './coupled-move.ts';
import { sealPlan, type Plan } from './plan.ts';

/** A plan that moves a route. */
interface Coach extends TrainMember {
  readonly plan: Plan;
  readonly route: WriteRoute;
  readonly generation: number;
}

/**
 * The same plans; those that move routes of one store are coupled, forward moves and rollbacks apart. Those
 * that must move together are a train of their own; the others share what fits into one write.
 */
export function coupleTrains(
  plans: readonly Plan[],
  together: readonly TogetherPolicy[] = [],
): readonly Plan[] {
  const coaches = plans.flatMap(findCoach);
  const trains = new Map<Plan, Train>();
  for (const line of groupBy(coaches, ({ plan, route }) => `${plan.direction} ${route.store}`)) {
    const units = groupBy(line, (coach) => nameUnit(coach, together));
    const isSingle = (unit: readonly Coach[]) => unit.length === 1;
    const wholes = units.filter((unit) => !isSingle(unit)).flatMap(fill);
    for (const whole of wholes) assign(whole, true, trains);
    for (const shared of fill(units.filter(isSingle).flat())) assign(shared, false, trains);
  }
  return plans.map((plan) => withTrain(plan, trains.get(plan)));
}

/** Keys that one write of this plan puts or deletes; none: it moves no route. */
export function keysOfPlan({ changes }: Plan): readonly string[] {
  return changes.flatMap((change) =>
    change.kind === 'write-route' ? [...change.hosts, ...change.remove] : [],
  );
}

function findCoach(plan: Plan): readonly Coach[] {
  const { changes, direction } = plan;
  if (direction !== 'forward' && direction !== 'rollback') return [];
  const route = changes.find((change) => change.kind === 'write-route');
  const written = changes.find((change) => change.kind === 'write-record');
  if (route === undefined || written === undefined) return [];
  const { app, environment, generation } = written.record;
  return [{ plan, route, app, environment, ...written.place, generation }];
}

/** Settings of one environment concern no other, also where builds move together. */
function nameUnit({ plan, ...member }: Coach, together: readonly TogetherPolicy[]): string {
  const name = nameMember(member);
  const isFree = plan.direction === 'forward' && moveOf(plan) === undefined;
  const policy = isFree ? undefined : together.find((names) => names.includes(name));
  return policy === undefined ? name : policy.join(' ');
}

/** As many of them as one write takes, each. A rollback of too many is split rather than not made. */
function fill(coaches: readonly Coach[]): readonly (readonly Coach[])[] {
  const writes: Coach[][] = [];
  const room = new Map<Coach[], Set<string>>();
  for (const coach of coaches) {
    const keys = keysOfPlan(coach.plan);
    const last = writes.at(-1);
    const taken = last && room.get(last);
    const fits =
      taken !== undefined &&
      taken.size + keys.length <= KEYS_PER_WRITE &&
      !keys.some((key) => taken.has(key));
    const write = last !== undefined && fits ? last : [];
    if (write !== last) writes.push(write);
    write.push(coach);
    room.set(write, new Set([...(room.get(write) ?? []), ...keys]));
  }
  return writes;
}

function assign(coaches: readonly Coach[], together: boolean, trains: Map<Plan, Train>): void {
  const [first] = coaches;
  if (first === undefined || coaches.length === 1) return;
  const train = makeTrain(first.route.store, coaches, together);
  for (const { plan } of coaches) trains.set(plan, train);
}

/** The record says it, too: whoever finishes one member knows of the others. */
function withTrain(plan: Plan, train: Train | undefined): Plan {
  if (train === undefined) return plan;
  const changes = plan.changes.map((change): Change => {
    if (change.kind === 'write-record')
      return { ...change, record: withMates(change.record, train) };
    if (change.kind === 'append-history') return withEntry(change, plan, train);
    if (change.kind !== 'write-intent' || change.record.intent === undefined) return change;
    const intent = withMates(change.record.intent, train);
    return { ...change, record: { ...change.record, intent } };
  });
  return sealPlan({ ...plan, train, changes });
}

function withMates(record: EnvironmentRecord, train: Train): EnvironmentRecord {
  const own = nameMember(record);
  const mates = train.members.map(nameMember).filter((name) => name !== own);
  return { ...record, train, last: { ...record.last, with: mates } };
}

/** Entries of former generations, which are written once more, are none of this train. */
function withEntry(change: AppendHistory, { changes }: Plan, train: Train): AppendHistory {
  const written = changes.find(({ kind }) => kind === 'write-record');
  const isNew =
    written?.kind === 'write-record' && written.record.generation === change.entry.generation;
  return isNew ? { ...change, entry: withMates(written.record, train).last } : change;
}

function groupBy<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups.values()];
}
