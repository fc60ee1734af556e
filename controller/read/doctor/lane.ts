import type { AlarmLook, Identity } from '../../core/doctor/facts.ts';
import type { LaneFacts, RuleLook } from '../../core/doctor/lane-facts.ts';
import type { Read } from '../../core/doctor/finding.ts';
import { composeEvent, mayMatch } from '../../core/doctor/test-event.ts';
import { fastLaneName, HOME_REGION } from '../../core/infrastructure/names.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { setupOf } from '../../core/policy/setup.ts';
import type { Context } from '../../ports/context.ts';
import type { RuleSeen } from '../../ports/inspection.ts';
import type { Notebook } from './notebook.ts';
import { tryRules } from './try-rules.ts';

export interface LaneAsked {
  readonly policies: Policies;
  readonly identity: Identity;
  readonly notebook: Notebook;
  readonly isTested: boolean;
}

/** The fast lane with all rules that lead to it. undefined: the policies want none. */
export async function readLane(
  context: Context,
  asked: LaneAsked,
  alarms: readonly AlarmLook[],
): Promise<LaneFacts | undefined> {
  const { policies, notebook } = asked;
  const setup = setupOf(policies);
  const name = fastLaneName(setup);
  if (name === undefined) return undefined;
  const { inspection, fastLaneCode } = context;
  const subject = `function ${name}`;
  const lane = await notebook.read(subject, () => inspection.lane(name));
  const isThere = lane[0] !== undefined;
  const regions = [...new Set([HOME_REGION, ...alarms.map(({ state }) => state.region)])];
  const [permissions, expected, rules] = await Promise.all([
    isThere ? notebook.read(subject, () => inspection.lanePermissions(name)) : ([] as const),
    isThere ? notebook.read(subject, () => fastLaneCode.digest()) : ([] as const),
    isThere
      ? Promise.all(regions.map((region) => readRules(context, asked, { region, alarms })))
      : [],
  ]);
  const all = rules.flat(2);
  const seen = all.map(({ rule }) => rule);
  return {
    name,
    region: HOME_REGION,
    isWanted: policies.setup !== undefined,
    function: lane,
    permissions,
    rules: seen,
    areRulesKnown: rules.every((one) => one.length > 0) && all.every(({ isTried }) => isTried),
    expectedSha256: expected[0],
    tests:
      asked.isTested && isThere ? await tryRules(context, { ...asked, name, alarms }, seen) : [],
  };
}

interface InRegion {
  readonly region: string;
  readonly alarms: readonly AlarmLook[];
}

/** A rule; and whether EventBridge said of every alarm what it does with it. */
interface Tried {
  readonly rule: RuleLook;
  readonly isTried: boolean;
}

/** None: they could not be listed. */
async function readRules(
  context: Context,
  asked: LaneAsked,
  { region, alarms }: InRegion,
): Promise<Read<readonly Tried[]>> {
  const { notebook, policies } = asked;
  const subject = `rules in ${region}`;
  const { stack } = setupOf(policies);
  const read = await notebook.read(subject, () => context.inspection.rules(region, `${stack}-`));
  // What another region forwards keeps its region, so at home every alarm may come.
  const own = alarms.filter(({ state }) => region === HOME_REGION || state.region === region);
  const [found] = read;
  if (found === undefined) return [];
  return [
    await Promise.all(found.map((rule) => tryRule(context, asked, { rule, region, alarms: own }))),
  ];
}

async function tryRule(
  { inspection, clock }: Context,
  { notebook, identity }: LaneAsked,
  { rule, region, alarms }: InRegion & { readonly rule: RuleSeen },
): Promise<Tried> {
  const { pattern } = rule;
  if (pattern === undefined) return { rule: { ...rule, region, matches: [] }, isTried: true };
  const { account } = identity;
  const answers = await Promise.all(
    alarms
      .filter(({ state }) => mayMatch(pattern, state))
      .map(async ({ state: { name, region: home } }) => {
        const alarm = { name, region: home };
        const event = composeEvent(alarm, { account, source: 'aws.cloudwatch', at: clock.now() });
        const matches = await notebook.read(`rule ${rule.name}`, () =>
          inspection.matches(region, pattern, event),
        );
        return { alarm, matches };
      }),
  );
  return {
    rule: {
      ...rule,
      region,
      matches: answers.flatMap(({ alarm, matches }) => (matches[0] === true ? [alarm] : [])),
    },
    isTried: answers.every(({ matches }) => matches.length > 0),
  };
}
