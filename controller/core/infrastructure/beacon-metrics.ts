/** What makes metrics of the beacon's reports, and an alarm on them: for people, as anybody can report. */
import {
  listMetricFilters,
  logGroupOf,
  METRIC_NAMESPACE,
  type MetricFilter,
} from '../rollout/visitors/metric-filters.ts';
import { requestFunctionName } from '../plan/behaviours.ts';
import type { EnvironmentSubject } from '../policy/subjects.ts';
import type { Facts, Piece } from './facts.ts';
import { logId } from './group.ts';
import { canaryAlarmName, HOME_REGION, idOf } from './names.ts';
import { idOfEnvironment, ownEnvironments, placeOf } from './scope.ts';
import { tagsOfPlace } from './tags.ts';
import { ref } from './template.ts';

export function listBeaconPieces(facts: Facts): readonly Piece[] {
  return ownEnvironments(facts)
    .filter(({ environment, group }) => {
      return environment.guard.beacon !== undefined && group.runtime === 'cloudfront-functions';
    })
    .flatMap((subject) => {
      const group = logGroupOf(requestFunctionName(subject.group.name));
      const filters = listMetricFilters(placeOf(subject), group);
      return [
        ...filters.map((filter) => composeFilter(subject, filter)),
        composeCanaryAlarm(facts, subject),
      ];
    });
}

function composeFilter(subject: EnvironmentSubject, filter: MetricFilter): Piece {
  const { app, environment } = placeOf(subject);
  const [metric] = filter.metricTransformations;
  return {
    region: HOME_REGION,
    id: idOf(`${metric.metricName}Of`, app, environment),
    why: `counts ${metric.metricName.toLowerCase()} of ${idOfEnvironment(subject)} by arm`,
    resource: {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        FilterName: filter.filterName,
        LogGroupName: ref(logId(subject.group.name)),
        FilterPattern: filter.filterPattern,
        MetricTransformations: [
          {
            MetricNamespace: metric.metricNamespace,
            MetricName: metric.metricName,
            MetricValue: metric.metricValue,
            Unit: metric.unit,
            Dimensions: [{ Key: 'Arm', Value: metric.dimensions.Arm }],
          },
        ],
      },
    },
  };
}

/** So many reports of the canary's visitors within five minutes. */
const REPORTS = 20;

function composeCanaryAlarm({ setup }: Facts, subject: EnvironmentSubject): Piece {
  const place = placeOf(subject);
  const id = idOfEnvironment(subject);
  return {
    region: HOME_REGION,
    id: idOf('CanaryAlarm', place.app, place.environment),
    why: `for people: visitors of a canary of ${id} report errors; no guard, as anybody can report`,
    resource: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: canaryAlarmName(setup, place),
        AlarmDescription: `Headgate: errors that browsers report of the canary of ${id}`,
        Namespace: `${METRIC_NAMESPACE}/${place.app}/${place.environment}`,
        MetricName: 'Errors',
        Dimensions: [{ Name: 'Arm', Value: 'canary' }],
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        Threshold: REPORTS,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        Tags: tagsOfPlace(setup, place),
      },
    },
  };
}
