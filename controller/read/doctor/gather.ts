import type { DoctorFacts, Identity, Permission } from '../../core/doctor/facts.ts';
import { listNeeded } from '../../core/doctor/permissions.ts';
import type { Read } from '../../core/doctor/finding.ts';
import { listWantedRoles } from '../../core/doctor/wanted.ts';
import { RefusedError } from '../../core/errors.ts';
import type { Policies } from '../../core/policy/policy.ts';
import type { Context } from '../../ports/context.ts';
import { readAlarms } from './alarms.ts';
import { readBuckets } from './buckets.ts';
import { readCertificates } from './certificates.ts';
import { readEnvironments } from './environments.ts';
import { readGroups } from './groups.ts';
import { readLane } from './lane.ts';
import { readLogs } from './logs.ts';
import { openNotebook, type Notebook } from './notebook.ts';
import { readQuotas } from './quotas.ts';
import { readRoles } from './roles.ts';

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
  const known: Read<Identity> = [identity];
  const looks = await readAccount(context, { ...wish, identity, notebook });
  return { policies, now, identity: known, ...looks, unread: notebook.unread };
}

async function readAccount(
  context: Context,
  asking: Asking & Wish,
): Promise<Omit<DoctorFacts, 'policies' | 'now' | 'identity' | 'unread'>> {
  const { policies, notebook } = asking;
  const [buckets, environments, groups, alarms, roles] = await Promise.all([
    readBuckets(context, policies, notebook),
    readEnvironments(context, policies, notebook),
    readGroups(context, policies, notebook),
    readAlarms(context, policies),
    readRoles(context, notebook, asking),
  ]);
  const [lane, certificates, logs, quotas, denied] = await Promise.all([
    readLane(context, asking, alarms),
    readCertificates(context, environments),
    readLogs(context, policies, notebook),
    readQuotas(context, notebook, { environments, groups, alarms }),
    readDenied(context, { ...asking, roles: listAsked(asking, roles.roles) }, groups),
  ]);
  const seen = { buckets, environments, groups, alarms, lane, certificates, logs };
  return { ...seen, ...roles, denied, quotas };
}

/** Nothing that is asked would be answered. */
function withoutIdentity(policies: Policies, { unread }: Notebook, now: Date): DoctorFacts {
  return {
    policies,
    now,
    identity: [],
    buckets: [],
    environments: [],
    groups: [],
    alarms: [],
    lane: undefined,
    roles: [],
    absentRoles: [],
    certificates: [],
    logs: [],
    quotas: [],
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

/** Verbs whose roles release together. */
const RELEASING: readonly string[] = ['release', 'edge-deploy'];

/** Who asks, if nobody was named. The doctor's own role releases nothing: there it is those that do. */
function listAsked(
  { policies, roles, identity: { arn } }: Asking,
  present: DoctorFacts['roles'],
): readonly string[] {
  if (roles.length > 0) return roles;
  const wanted = listWantedRoles(policies);
  const own = wanted.find(({ verb }) => verb === 'doctor');
  if (own === undefined || !arn.includes(`:assumed-role/${own.name}/`)) return [arn];
  const names = wanted.filter(({ verb }) => RELEASING.includes(verb)).map(({ name }) => name);
  const others = present.filter(({ name }) => names.includes(name)).map((role) => role.arn);
  return others.length > 0 ? others : [arn];
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
  const denied = await Promise.all(
    roles.map((who) => notebook.read(who, () => simulate(context, who, needed))),
  );
  // Whoever can't be asked about may be the one who may.
  const refusals = denied.map(([one]) => one);
  const isKnown = refusals.every((one) => one !== undefined);
  const permissions = needed.filter((one) =>
    refusals.every((refused) => refused?.some((other) => isSame(other, one)) === true),
  );
  return { who: roles.join(', '), permissions: isKnown ? permissions : [] };
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
