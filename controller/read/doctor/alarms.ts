import type { AlarmLook } from '../../core/doctor/facts.ts';
import { HOME_REGION } from '../../core/infrastructure/names.ts';
import type { AlarmName, Policies } from '../../core/policy/policy.ts';
import { subjectsOf } from '../../core/policy/subjects.ts';
import type { Context } from '../../ports/context.ts';

/** Every alarm that a policy names, once. What can't be read is a state of its own. */
export async function readAlarms(
  context: Context,
  policies: Policies,
): Promise<readonly AlarmLook[]> {
  const subjects = subjectsOf(policies);
  const guards = (alarm: AlarmName) =>
    subjects.filter(({ environment }) =>
      environment.guard.alarms.some((one) => isSame(one, alarm)),
    );
  const all = subjects.flatMap(({ environment }) => environment.guard.alarms);
  const unique = [...new Map(all.map((one) => [`${one.region} ${one.name}`, one])).values()];
  if (unique.length === 0) return [];
  const states = await context.alarms.read(unique, { plain: true });
  const regions = [
    HOME_REGION,
    ...policies.apps.map(({ region }) => region),
    ...unique.map(({ region }) => region),
  ];
  return Promise.all(
    states.map(async (state) => ({
      state,
      guards: guards(state),
      elsewhere: state.state === 'missing' ? await findElsewhere(context, state, regions) : [],
    })),
  );
}

/** The region is the usual mistake: metrics of CloudFront are in us-east-1. */
async function findElsewhere(
  { alarms }: Context,
  { name, region }: AlarmName,
  regions: readonly string[],
): Promise<readonly string[]> {
  const others = [...new Set(regions)].filter((one) => one !== region);
  const states = await alarms.read(
    others.map((other) => ({ name, region: other })),
    { plain: true },
  );
  return states
    .filter(({ state }) => state !== 'missing' && state !== 'unreadable')
    .map((one) => one.region);
}

function isSame(one: AlarmName, other: AlarmName): boolean {
  return one.name === other.name && one.region === other.region;
}
