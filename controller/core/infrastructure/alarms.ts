/** The alarms that policies name. */
import type { AlarmName } from '../policy/policy.ts';
import type { AlarmMetric } from '../policy/setup.ts';
import { subjectsOf, type EnvironmentSubject } from '../policy/subjects.ts';
import type { Facts, Piece } from './facts.ts';
import { alarmId, distributionOutput, HOME_REGION } from './names.ts';
import { idOfEnvironment, placeOf } from './scope.ts';
import { tagsOf, tagsOfPlace } from './tags.ts';
import { ref } from './template.ts';

/** An alarm with the environments that it guards. */
export interface NamedAlarm extends AlarmName {
  readonly subjects: readonly EnvironmentSubject[];
}

/** Each once, in the order of the policies. */
export function listAlarms({ policies }: Pick<Facts, 'policies'>): readonly NamedAlarm[] {
  const byKey = new Map<string, NamedAlarm>();
  for (const subject of subjectsOf(policies)) {
    for (const alarm of subject.environment.guard.alarms) {
      const key = `${alarm.region} ${alarm.name}`;
      const subjects = byKey.get(key)?.subjects ?? [];
      byKey.set(key, { ...alarm, subjects: [...subjects, subject] });
    }
  }
  return [...byKey.values()];
}

export type AlarmSource =
  | { readonly kind: 'metric'; readonly metric: AlarmMetric }
  | { readonly kind: 'errors'; readonly subject: EnvironmentSubject }
  /** Somebody else makes it. */
  | { readonly kind: 'foreign' }
  /** Nobody could tell what it should watch. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What an alarm watches: what `setup` says, else the errors of the one distribution that it guards. */
export function sourceOf(facts: Facts, alarm: NamedAlarm): AlarmSource {
  const written = facts.setup.alarms[alarm.name];
  const isForeign = facts.foreignAlarms?.some(
    ({ name, region }) => name === alarm.name && region === alarm.region,
  );
  if (written === 'existing' || isForeign === true) return { kind: 'foreign' };
  if (written !== undefined) return { kind: 'metric', metric: written };
  const [subject, second] = alarm.subjects;
  if (subject === undefined || second !== undefined) {
    return { kind: 'unknown', why: 'it guards several environments' };
  }
  if (alarm.region !== HOME_REGION) {
    return { kind: 'unknown', why: `CloudFront's metrics are in ${HOME_REGION} only` };
  }
  return { kind: 'errors', subject };
}

export function listAlarmPieces(facts: Facts): readonly Piece[] {
  return listAlarms(facts).flatMap((alarm) => composeNamed(facts, alarm));
}

function composeNamed(facts: Facts, alarm: NamedAlarm): readonly Piece[] {
  const source = sourceOf(facts, alarm);
  if (source.kind === 'foreign' || source.kind === 'unknown') return [];
  const guarded = alarm.subjects.map(idOfEnvironment).join(', ');
  const [first, second] = alarm.subjects;
  const watched =
    source.kind === 'metric'
      ? composeOwnMetric(source.metric)
      : composeErrorRate(facts, source.subject);
  return [
    {
      region: alarm.region,
      id: alarmId(alarm),
      why: `guards ${guarded}: ${watched.says}`,
      resource: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: alarm.name,
          AlarmDescription: `Headgate: guards ${guarded}`,
          ...watched.properties,
          // A quiet site is a healthy one.
          TreatMissingData: 'notBreaching',
          Tags: second || !first ? tagsOf(facts.setup) : tagsOfPlace(facts.setup, placeOf(first)),
        },
      },
    },
  ];
}

function composeOwnMetric(own: AlarmMetric) {
  const { namespace, metric, dimensions, statistic, threshold, periodSeconds, periods } = own;
  return {
    says: `${statistic} of ${namespace} ${metric} from ${threshold} on`,
    properties: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: statistic,
      Period: periodSeconds,
      EvaluationPeriods: periods,
      DatapointsToAlarm: periods,
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    },
  };
}

/** Of 100 answers; in two minutes of three, so that one visitor of a quiet minute rolls nothing back. */
const ERROR_PERCENT = 5;

function composeErrorRate({ setup }: Facts, subject: EnvironmentSubject) {
  const isForeign = setup.existing.distributions.includes(idOfEnvironment(subject));
  const { distribution } = subject.environment.edge;
  const id = isForeign ? distribution : ref(distributionOutput(placeOf(subject)));
  return {
    says: `${ERROR_PERCENT} % of all answers are errors of a server, in two of three minutes`,
    properties: {
      Namespace: 'AWS/CloudFront',
      MetricName: '5xxErrorRate',
      Dimensions: [
        { Name: 'DistributionId', Value: id },
        { Name: 'Region', Value: 'Global' },
      ],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: ERROR_PERCENT,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    },
  };
}
