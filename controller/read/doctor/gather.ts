import type { DoctorFacts, Identity, Permission } from '../../core/doctor/facts.ts';
import { listNeeded } from '../../core/doctor/permissions.ts';
import type { Read } from '../../core/doctor/finding.ts';
import { RefusedError } from '../../core/errors.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { setupOf } from '../../core/policy/setup.ts';
import type { Context } from '../../ports/context.ts';
import { readAlarms } from './alarms.ts';
import { readBuckets } from './buckets.ts';
import { readEnvironments } from './environments.ts';
import { readGroups } from './groups.ts';
import { readLane } from './lane.ts';
import { openNotebook, type Notebook } from './notebook.ts';
import { readQuotas } from './quotas.ts';

export interface Wish {
  readonly policies: Policies;
  /** ARNs of those that release together; none: who asks. */
  readonly roles: readonly string[];
  /** Events are sent to the fast lane. */
  readonly isTested: boolean;
}

/** Everything that the doctor judges; what can't be read is among the facts, too. */
export async function gatherFacts(context: Context, wish: Wish): Promise<DoctorFacts> {
  const { policies } = wish;
  const { inspection, terminal } = context;
  const notebook = openNotebook();
  terminal.progress('reading who asks');
  const [identity] = await notebook.read('credentials', () => inspection.identity());
  // The clock is read where AWS's was.
  const now = context.clock.now();
  if (identity === undefined) return withoutIdentity(policies, notebook, now);
  terminal.progress('reading buckets, distributions, functions, alarms and the fast lane');
  const [buckets, environments, groups, alarms, roles] = await Promise.all([
    readBuckets(context, policies, notebook),
    readEnvironments(context, policies, notebook),
    readGroups(context, policies, notebook),
    readAlarms(context, policies),
    notebook.read('roles', () => inspection.roles(`${setupOf(policies).stack}-`)),
  ]);
  const asking = { ...wish, identity, notebook };
  const [lane, quotas, denied] = await Promise.all([
    readLane(context, asking, alarms),
    readQuotas(context, notebook, { environments, groups }),
    readDenied(context, asking, groups),
  ]);
  const known: Read<Identity> = [identity];
  return {
    policies,
    now,
    identity: known,
    buckets,
    environments,
    groups,
    alarms,
    lane,
    roles: roles.flat(),
    denied,
    quotas,
    unread: notebook.unread,
  };
}

/** Nothing that is asked would be answered. */
function withoutIdentity(policies: Policies, { unread }: Notebook, now: Date): DoctorFacts {
  const nothing = { buckets: [], environments: [], groups: [], alarms: [], roles: [], quotas: [] };
  return {
    policies,
    now,
    identity: [],
    ...nothing,
    lane: undefined,
    denied: { who: '', permissions: [] },
    unread: unread.map((one) => ({ ...one, isIdentity: true })),
  };
}

interface Asking {
  readonly policies: Policies;
  readonly roles: readonly string[];
  readonly identity: Identity;
  readonly notebook: Notebook;
}

async function readDenied(
  context: Context,
  { policies, roles, identity, notebook }: Asking,
  groups: DoctorFacts['groups'],
): Promise<DoctorFacts['denied']> {
  const stores = new Map(
    groups.flatMap(({ group, storeArn }) =>
      group.runtime === 'cloudfront-functions'
        ? storeArn.map((arn) => [group.keyValueStore, arn] as const)
        : [],
    ),
  );
  const needed = listNeeded(policies, identity.account, stores);
  const asked = roles.length === 0 ? [identity.arn] : roles;
  const denied = await Promise.all(
    asked.map((who) => notebook.read(who, () => simulate(context, who, needed))),
  );
  // Whoever can't be asked about may be the one who may.
  const refusals = denied.map(([one]) => one);
  const isKnown = refusals.every((one) => one !== undefined);
  const permissions = needed.filter((one) =>
    refusals.every((refused) => refused?.some((other) => isSame(other, one)) === true),
  );
  return { who: asked.join(', '), permissions: isKnown ? permissions : [] };
}

/** An account's root may do everything. */
const ROOT = /:root$/;

async function simulate(
  { inspection }: Context,
  who: string,
  needed: readonly Permission[],
): Promise<readonly Permission[] | undefined> {
  const denied = await inspection.simulate(who, needed);
  if (denied !== undefined || ROOT.test(who)) return denied;
  throw new RefusedError(
    `IAM simulates no ${who}, so nobody knows what it may do`,
    'Ask about the role that releases: headgate doctor --role <arn>',
  );
}

function isSame(one: Permission, other: Permission): boolean {
  return one.action === other.action && one.resource === other.resource;
}
