import type { AlarmLook } from '../../core/doctor/facts.ts';
import type { RuleLook, TestLook } from '../../core/doctor/lane-facts.ts';
import {
  composeDetail,
  composeEvent,
  TEST_MARK,
  TEST_SOURCE,
} from '../../core/doctor/test-event.ts';
import type { Context } from '../../ports/context.ts';
import type { LaneAsked } from './lane.ts';

const LIMIT_MILLIS = 60_000;
const LOOK_MILLIS = 2000;
/** Lines are dated by Lambda's clock, and this machine's may be ahead of it; the mark is of this event alone. */
const SKEW_MILLIS = 300_000;
const TYPE = 'CloudWatch Alarm State Change';

interface Trying extends LaneAsked {
  /** Of the function. */
  readonly name: string;
  readonly alarms: readonly AlarmLook[];
}

/** Sends each rule that waits for an alarm an event of it that does nothing, and looks for it in the log. */
export async function tryRules(
  context: Context,
  trying: Trying,
  rules: readonly RuleLook[],
): Promise<readonly TestLook[]> {
  const found = await Promise.all(
    rules.map((rule, index) =>
      rule.isEnabled ? tryOne(context, trying, { rule, index }) : Promise.resolve([]),
    ),
  );
  return found.flat();
}

async function tryOne(
  context: Context,
  { notebook, identity, name, alarms }: Trying,
  { rule, index }: { readonly rule: RuleLook; readonly index: number },
): Promise<readonly TestLook[]> {
  const { inspection, clock } = context;
  const { pattern, region } = rule;
  const [first] = rule.matches;
  // An alarm's event begins in its own region.
  const isOwn = alarms.some(({ state }) => state.name === first?.name && state.region === region);
  if (pattern === undefined || first === undefined || !isOwn) return [];
  const about = { rule: rule.name, region };
  const at = clock.now();
  const event = composeEvent(first, { account: identity.account, source: TEST_SOURCE, at });
  const tried = await notebook.read(`rule ${rule.name}`, async (): Promise<TestLook> => {
    if (!(await inspection.matches(region, pattern, event))) {
      return { ...about, outcome: 'unmatched' };
    }
    const mark = `${TEST_MARK}${at.getTime().toString(36)}-${index}`;
    context.terminal.progress(`waiting for a test event through rule ${rule.name}`);
    const detail = composeDetail(first, mark);
    await inspection.sendEvent(region, { source: TEST_SOURCE, type: TYPE, detail });
    const since = new Date(at.getTime() - SKEW_MILLIS);
    const last = clock.now().getTime() + LIMIT_MILLIS;
    do {
      if (await inspection.hasLogged(name, mark, since)) {
        const seconds = ((clock.now().getTime() - at.getTime()) / 1000).toFixed(1);
        context.terminal.note(
          `alarm ${first.name}: its test event reached ${name} by rule ${rule.name}, and was seen after ${seconds} s`,
        );
        return { ...about, outcome: 'seen' };
      }
      await clock.sleep(LOOK_MILLIS);
    } while (clock.now().getTime() < last);
    return { ...about, outcome: 'lost' };
  });
  return tried;
}
