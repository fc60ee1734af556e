/** The Lambda function that guards and takes steps without GitHub, and what wakes it. See policies/fast-lane.md. */
import { ROLE_IDS } from '../iam/roles/ids.ts';
import { subjectsOf, type EnvironmentSubject } from '../policy/subjects.ts';
import { listAlarms } from './alarms.ts';
import type { Facts, Piece } from './facts.ts';
import { composeLogGroup } from './group.ts';
import { fastLaneName, forwardName, HOME_REGION, idOf, ruleName, scheduleName } from './names.ts';
import { idOfEnvironment, listBuckets, placeOf, type BucketScope } from './scope.ts';
import { tagsOf, tagsOfPlace } from './tags.ts';
import { getAtt, sub } from './template.ts';

export const FAST_LANE_ID = 'FastLane';
const LOG_ID = 'FastLaneLog';

/** Until `bootstrap --deploy` has put the code there. Never another text: CloudFormation would put that in the code's place. */
export const PLACEHOLDER =
  "exports.handler = async () => { throw new Error('This is a placeholder: run headgate bootstrap --deploy'); };";

/** What CloudWatch sends, and what `doctor --test-event` does: AWS lets nobody else send in its name. */
const SOURCES = ['aws.cloudwatch', 'headgate.doctor'];
const DETAIL_TYPE = 'CloudWatch Alarm State Change';

export function listFastLanePieces(facts: Facts): readonly Piece[] {
  const name = fastLaneName(facts.setup);
  if (name === undefined) return [];
  const guarded = subjectsOf(facts.policies).filter(
    ({ environment }) => environment.guard.alarms.length > 0,
  );
  return [
    composeLogGroup(facts.setup, {
      id: LOG_ID,
      name: `/aws/lambda/${name}`,
      what: 'the fast lane',
    }),
    composeFunction(facts, name),
    composePermission(facts),
    ...guarded.map((subject) => composeAlarmRule(facts, subject)),
    ...listBuckets(facts.policies).flatMap((scope) => composeSchedule(facts, scope)),
    ...listForwards(facts),
  ];
}

function composeFunction({ setup }: Facts, FunctionName: string): Piece {
  const { fastLane, github } = setup;
  const revert = fastLane === 'off' ? undefined : fastLane.revert;
  return {
    region: HOME_REGION,
    id: FAST_LANE_ID,
    why: 'rolls back within seconds of an alarm and takes the next step, without GitHub',
    resource: {
      Type: 'AWS::Lambda::Function',
      // Or Lambda makes it itself at the first line, to be kept for ever.
      DependsOn: LOG_ID,
      Properties: {
        FunctionName,
        Description: 'Headgate: the fast lane',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: getAtt(ROLE_IDS['fast-lane'], 'Arn'),
        Timeout: 300,
        // For the processor that comes with it.
        MemorySize: 512,
        Code: { ZipFile: PLACEHOLDER },
        ...(revert &&
          github && {
            Environment: {
              Variables: {
                // Without the ids that its tokens may have.
                HEADGATE_GITHUB_REPOSITORY: github.releases.replaceAll(/@\d+/g, ''),
                HEADGATE_GITHUB_APP_ID: revert.app,
                HEADGATE_GITHUB_APP_KEY: revert.key,
              },
            },
          }),
        Tags: tagsOf(setup),
      },
    },
  };
}

function composePermission({ setup }: Facts): Piece {
  return {
    region: HOME_REGION,
    id: 'FastLaneWake',
    why: 'lets the rules of this stack call it',
    resource: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: getAtt(FAST_LANE_ID, 'Arn'),
        Principal: 'events.amazonaws.com',
        SourceArn: sub(`arn:aws:events:${HOME_REGION}:\${AWS::AccountId}:rule/${setup.stack}-*`),
      },
    },
  };
}

/** One per environment. The record says which alarms count, so a name that two regions have does no harm. */
function composeAlarmRule({ setup }: Facts, subject: EnvironmentSubject): Piece {
  const { app, environment } = subject;
  const alarms = [...new Set(environment.guard.alarms.map(({ name }) => name))];
  const place = { bucket: app.bucket, region: app.region, ...placeOf(subject) };
  return {
    region: HOME_REGION,
    id: idOf('Wake', app.app, environment.name),
    why: `wakes it for ${idOfEnvironment(subject)} when ${alarms.join(', ')} fires`,
    resource: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: ruleName(setup, placeOf(subject)),
        Description: `Headgate: alarms of ${idOfEnvironment(subject)}`,
        EventPattern: composePattern(alarms),
        State: 'ENABLED',
        Targets: [
          {
            Id: 'fast-lane',
            Arn: getAtt(FAST_LANE_ID, 'Arn'),
            InputTransformer: {
              InputPathsMap: {
                alarm: '$.detail.alarmName',
                region: '$.region',
                state: '$.detail.state.value',
                at: '$.detail.state.timestamp',
              },
              InputTemplate:
                `{"headgate": ${JSON.stringify(place)}, "event": {"detail-type": "${DETAIL_TYPE}", "region": <region>, ` +
                '"detail": {"alarmName": <alarm>, "state": {"value": <state>, "timestamp": <at>}}}}',
            },
          },
        ],
        Tags: tagsOfPlace(setup, placeOf(subject)),
      },
    },
  };
}

/** Characters of a pattern (documented). */
const PATTERN_LIMIT = 2048;

/** Where the names are too many it matches any: too much of what it matches is only a look more. */
function composePattern(alarms: readonly string[]) {
  const common = { source: SOURCES, 'detail-type': [DETAIL_TYPE] };
  const state = { value: ['ALARM'] };
  const named = { ...common, detail: { alarmName: alarms, state } };
  return JSON.stringify(named).length <= PATTERN_LIMIT ? named : { ...common, detail: { state } };
}

/** One per bucket for all its apps: those that move together must be in one. */
function composeSchedule(
  { setup }: Facts,
  { bucket, region, apps }: BucketScope,
): readonly Piece[] {
  if (apps.length === 0 || setup.fastLane === 'off') return [];
  const names = apps.map(({ app }) => app);
  const { schedule } = setup.fastLane;
  return [
    {
      region: HOME_REGION,
      id: idOf('Schedule', bucket),
      why: `${schedule}: looks for the next step of ${names.join(', ')}`,
      resource: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: scheduleName(setup, bucket),
          Description: `Headgate: steps of apps in ${bucket}`,
          ScheduleExpression: schedule,
          State: 'ENABLED',
          Targets: [
            {
              Id: 'fast-lane',
              Arn: getAtt(FAST_LANE_ID, 'Arn'),
              Input: JSON.stringify({ headgate: { bucket, region, apps: names } }),
            },
          ],
          Tags: tagsOf(setup),
        },
      },
    },
  ];
}

/** Events of other regions come to the bus at home, and keep their region. */
function listForwards(facts: Facts): readonly Piece[] {
  const { setup } = facts;
  const away = listAlarms(facts).filter(({ region }) => region !== HOME_REGION);
  return [...new Set(away.map(({ region }) => region))].toSorted().map((region) => {
    const names = away.filter((alarm) => alarm.region === region).map(({ name }) => name);
    return {
      region,
      id: 'Forward',
      why: `sends what ${names.join(', ')} says to ${HOME_REGION}`,
      resource: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: forwardName(setup),
          Description: `Headgate: alarms that are heard in ${HOME_REGION}`,
          EventPattern: composePattern(names),
          State: 'ENABLED',
          Targets: [
            {
              Id: 'home',
              Arn: sub(`arn:aws:events:${HOME_REGION}:\${AWS::AccountId}:event-bus/default`),
              RoleArn: sub(`arn:aws:iam::\${AWS::AccountId}:role/${forwardName(setup)}`),
            },
          ],
          Tags: tagsOf(setup),
        },
      },
    };
  });
}
