/** How alarms and the schedule reach the fast lane. */
import { evaluate } from '../iam/evaluate.ts';
import { findUnsupported } from '../iam/unsupported.ts';
import { HOME_REGION } from '../infrastructure/names.ts';
import type { PolicyDocument } from '../iam/document.ts';
import type { Policies } from '../policy/policy.ts';
import type { AlarmLook, DoctorFacts } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';
import { checkCode, checkLaneSettings, judgeTest } from './lane.ts';
import type { LaneFacts, LaneFunction, RuleLook } from './lane-facts.ts';
import { wantedLane } from './wanted.ts';

/** Nobody is to have a fast lane; but one that is there, or is asked for, is to work. */
export function checkDelivery({ lane, alarms, policies }: DoctorFacts): readonly Finding[] {
  if (lane === undefined) return [];
  const subject = `function ${lane.name}`;
  return lane.function.flatMap((present) => {
    if (present === undefined) {
      if (!lane.isWanted) return [];
      return [
        found('lane-missing', {
          subject,
          what: `there is no function ${lane.name} in ${lane.region}: alarms wait for the workflows`,
          fix: 'headgate bootstrap --deploy makes it; or say `fastLane: off` in setup.',
        }),
      ];
    }
    return [
      ...checkCode(lane, present),
      ...checkLaneSettings(lane, present, wantedLane(policies) ?? {}),
      ...lane.rules.flatMap((rule) => checkRule(rule, lane, present)),
      // What can't be read is a finding of its own, and says nothing of what is there.
      ...(lane.areRulesKnown
        ? [
            ...alarms.flatMap((alarm) => checkAlarm(alarm, lane, present)),
            ...checkSchedule(policies, lane, present),
          ]
        : []),
      ...lane.tests.flatMap((one) => judgeTest(one, lane)),
    ];
  });
}

function checkSchedule(
  { apps }: Policies,
  { name, rules }: LaneFacts,
  present: LaneFunction,
): readonly Finding[] {
  const scheduled = rules.filter((rule) => rule.schedule !== undefined && rule.isEnabled);
  const unwoken = apps.filter(
    ({ app, bucket }) => !scheduled.some((rule) => wakes(rule, present, { bucket, app })),
  );
  return foundIf(unwoken.length > 0, 'schedule-missing', {
    subject: `function ${name}`,
    what: `no schedule wakes it for ${unwoken.map(({ app }) => app).join(', ')}: steps wait for the workflows`,
    evidence: onlyNamed(name),
    fix: 'headgate bootstrap --deploy makes the rule; by hand: policies/fast-lane.md, "Schedule".',
  });
}

function checkRule(rule: RuleLook, lane: LaneFacts, present: LaneFunction): readonly Finding[] {
  const subject = `rule ${rule.name} in ${rule.region}`;
  const isDirect = rule.targets.some(({ arn }) => arn === present.arn);
  return [
    ...(rule.isEnabled
      ? []
      : [
          found('rule-disabled', {
            subject,
            what: 'it is disabled',
            fix: `aws events enable-rule --name ${rule.name} --region ${rule.region}`,
          }),
        ]),
    ...(rule.targets.length === 0
      ? [
          found('rule-without-target', {
            subject,
            what: 'it has no target: what it lets through goes nowhere',
            fix: 'Put it back (aws events put-targets): policies/fast-lane.md has the input. headgate bootstrap --deploy makes one that was never there.',
          }),
        ]
      : []),
    ...(isDirect ? lane.permissions.flatMap((policy) => checkInvoke(rule, present, policy)) : []),
  ];
}

function checkInvoke(
  rule: RuleLook,
  { arn }: LaneFunction,
  policy: PolicyDocument | undefined,
): readonly Finding[] {
  const name = arn.split(':').at(-1) ?? arn;
  const [problem] = policy === undefined ? [] : findUnsupported(policy);
  if (problem !== undefined) {
    return [
      found('unreadable', {
        subject: `function ${name}`,
        what: `its policy can't be judged, so nobody knows whether EventBridge may invoke it: ${problem}`,
        fix: `aws lambda get-policy --function-name ${name} --region ${HOME_REGION} shows it; headgate doctor --test-event tries it.`,
      }),
    ];
  }
  const isAllowed =
    policy !== undefined &&
    evaluate([policy], {
      action: 'lambda:InvokeFunction',
      resource: arn,
      principal: { kind: 'Service', names: ['events.amazonaws.com'] },
      context: { 'aws:SourceArn': rule.arn, 'aws:SourceAccount': arn.split(':')[4] ?? '' },
    }) === 'allowed';
  if (isAllowed) return [];
  return [
    found('lane-uninvokable', {
      subject: `rule ${rule.name} in ${rule.region}`,
      what: `EventBridge may not invoke ${name} for it`,
      fix: `aws lambda add-permission --region ${HOME_REGION} --function-name ${name} --statement-id ${rule.name} --action lambda:InvokeFunction --principal events.amazonaws.com --source-arn ${rule.arn}`,
    }),
  ];
}

/** From its region's bus to the function, by way of the bus of the function's region. */
function checkAlarm(
  { state, guards }: AlarmLook,
  lane: LaneFacts,
  present: LaneFunction,
): readonly Finding[] {
  const matching = lane.rules.filter(
    (rule) =>
      rule.isEnabled &&
      rule.matches.some((one) => one.name === state.name && one.region === state.region),
  );
  const home = matching.filter(
    ({ region, targets }) =>
      region === lane.region && targets.some(({ arn }) => arn === present.arn),
  );
  const isHeard =
    state.region === lane.region ||
    matching.some(
      ({ region, targets }) =>
        region === state.region && targets.some(({ arn }) => isBusOf(arn, lane.region)),
    );
  const subjects = guards.map(nameOf);
  if (home.length === 0 || !isHeard) return [undelivered(state, subjects, lane)];
  const strange = guards.filter(
    ({ app, environment }) =>
      !home.some((rule) =>
        wakes(rule, present, { bucket: app.bucket, app: app.app, environment: environment.name }),
      ),
  );
  return strange.map((subject) =>
    found('rule-other-target', {
      subject: nameOf(subject),
      what: `alarm ${state.name} wakes ${lane.name} by ${home.map(({ name }) => name).join(', ')}, which name another bucket, app or environment`,
      fix: 'Put the target right (aws events put-targets): policies/fast-lane.md, "Alarms", has the input.',
    }),
  );
}

function nameOf({ app, environment }: AlarmLook['guards'][number]): string {
  return `${app.app}/${environment.name}`;
}

function isBusOf(arn: string, region: string): boolean {
  return arn.startsWith(`arn:aws:events:${region}:`) && arn.includes(':event-bus/');
}

interface Woken {
  readonly bucket: string;
  readonly app: string;
  /** Absent: all of the app's. */
  readonly environment?: string;
}

/** The input of a target has these words somewhere: in a template there is more that is no JSON. */
function wakes({ targets }: RuleLook, { arn }: LaneFunction, woken: Woken): boolean {
  const words = Object.values(woken).map((word) => JSON.stringify(word));
  return targets.some(
    (target) => target.arn === arn && words.every((word) => target.input?.includes(word) === true),
  );
}

/** Whose names are the stack's, as the function's is. */
function onlyNamed(lane: string): string {
  const stack = lane.slice(0, lane.length - '-fast-lane'.length);
  return `rules whose names begin with ${stack}- were looked at, and no others`;
}

function undelivered(
  state: AlarmLook['state'],
  subjects: readonly string[],
  { name, region }: LaneFacts,
): Finding {
  const place = state.region === region ? '' : `, by way of the bus of ${region}`;
  return found('alarm-undelivered', {
    subject: subjects.join(', '),
    what: `no rule in ${state.region} brings alarm ${state.name} to ${name}${place}`,
    evidence: onlyNamed(name),
    fix: 'headgate bootstrap --deploy makes the rule; by hand: policies/fast-lane.md, "Alarms".',
  });
}
