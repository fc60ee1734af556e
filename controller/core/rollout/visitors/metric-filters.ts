/** Coarse metrics of the edge's log, for alarms and dashboards; the guard counts the lines itself. */
import { LINE_TAG, LINE_VERSION } from '../../../../edge/contract/visitor-line.ts';

/** As CloudWatch Logs' PutMetricFilter takes it. */
export interface MetricFilter {
  readonly filterName: string;
  readonly logGroupName: string;
  readonly filterPattern: string;
  readonly metricTransformations: readonly [
    {
      readonly metricNamespace: string;
      readonly metricName: string;
      readonly metricValue: '1';
      readonly unit: 'Count';
      /** Its values are those that the edge writes: stable, canary, split. */
      readonly dimensions: { readonly Arm: '$arm' };
    },
  ];
}

/** Alarms on these count what anybody can send. */
export const METRIC_NAMESPACE = 'Headgate';

/** Where CloudFront logs what a function says; always in us-east-1. */
export function logGroupOf(functionName: string): string {
  return `/aws/cloudfront/function/${functionName}`;
}

interface Place {
  readonly app: string;
  readonly environment: string;
}

/**
 * The request's id stands in front of a line, so it is matched word by word. Worked example:
 * `[id, tag=headgate, version=1, app=shop, environment=prod, arm, kind, build, salt=57, weight, slot]`.
 */
export function linePattern(
  { app, environment }: Place,
  {
    kind = 'kind',
    salt = 'salt',
    slot = 'slot',
  }: Partial<Record<'kind' | 'salt' | 'slot', string>>,
): string {
  const words = ['id', `tag=${LINE_TAG}`, `version=${LINE_VERSION}`, `app=${quote(app)}`];
  const rest = [`environment=${quote(environment)}`, 'arm', kind, 'build', salt, 'weight', slot];
  return `[${[...words, ...rest].join(', ')}]`;
}

/** What isn't a word is written in quotes, and a number too: without them `1e3` would be 1000. */
function quote(value: string): string {
  return /^[A-Za-z]+$/.test(value) ? value : `"${value}"`;
}

/** Two metrics per environment: reports of errors, and navigations. */
export function listMetricFilters(place: Place, logGroupName: string): readonly MetricFilter[] {
  const { app, environment } = place;
  const make = (metricName: string, kind: string): MetricFilter => ({
    filterName: `headgate-${app}-${environment}-${metricName.toLowerCase()}`,
    logGroupName,
    filterPattern: linePattern(place, { kind }),
    metricTransformations: [
      {
        metricNamespace: `${METRIC_NAMESPACE}/${app}/${environment}`,
        metricName,
        metricValue: '1',
        unit: 'Count',
        dimensions: { Arm: '$arm' },
      },
    ],
  });
  return [make('Errors', 'kind=e || kind=r || kind=c'), make('Navigations', 'kind=n')];
}
