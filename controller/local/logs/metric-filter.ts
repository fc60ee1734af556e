import type { output } from 'zod';
import type { OwnMetric } from '../cloudwatch/cloudwatch.ts';
import { readFilterPattern } from './filter-pattern.ts';
import type { LogEvent } from './log-store.ts';
import type { Fields, FilterPattern } from './pattern.ts';
import type { putMetricFilterShape } from './shapes.ts';

export type Transformation = output<typeof putMetricFilterShape>['metricTransformations'][number];

/** What makes a metric of the events of its group that match. */
export interface MetricFilter {
  readonly name: string;
  readonly pattern: string;
  readonly transformation: Transformation;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** Why a filter of this pattern can't make such a metric. */
export function findProblem(pattern: FilterPattern, made: Transformation): string | undefined {
  const { metricValue, dimensions = {}, defaultValue } = made;
  const values = Object.values(dimensions);
  if (values.length > 0 && defaultValue !== undefined) {
    return 'Invalid metric transformation: dimensions and default value are mutually exclusive properties.';
  }
  if (!metricValue.startsWith('$') && !isNumber(metricValue)) {
    return `Invalid metric transformation: metricValue ${metricValue} is neither a number nor a field.`;
  }
  if (values.length > 0 && pattern.names === undefined) {
    return 'The specified filter pattern does not support dimensions';
  }
  const fields = [...values, ...(metricValue.startsWith('$') ? [metricValue] : [])];
  const unknown = fields.find((field) => !isField(pattern, field));
  if (unknown === undefined) return undefined;
  return `Invalid metric transformation: ${unknown} is no field of the filter pattern.`;
}

function isField({ names }: FilterPattern, field: string): boolean {
  return names !== undefined && (names.has(field.slice(1)) || /^\$[1-9]\d*$/.test(field));
}

const read = new Map<string, FilterPattern>();

/** The datum an event makes, of what matched or else the default; undefined: none. */
export function composeDatum(
  { pattern, transformation }: MetricFilter,
  region: string,
  { message }: LogEvent,
): { readonly metric: OwnMetric; readonly value: number } | undefined {
  const known = read.get(pattern) ?? readFilterPattern(pattern);
  read.set(pattern, known);
  const { metricName, metricNamespace, metricValue, defaultValue, dimensions } = transformation;
  const fields = known.match(message);
  const text = fields === undefined ? defaultValue?.toString() : valueOf(fields, metricValue);
  if (text === undefined || !isNumber(text)) return undefined;
  const Dimensions = Object.entries(dimensions ?? {}).map(([Name, field]) => ({
    Name,
    Value: fields?.[field] ?? '',
  }));
  // A metric is named by all of its dimensions, or not at all.
  if (Dimensions.some(({ Value }) => Value === '')) return undefined;
  const metric = { region, namespace: metricNamespace, MetricName: metricName, Dimensions };
  return { metric, value: Number(text) };
}

function valueOf(fields: Fields, written: string): string | undefined {
  return written.startsWith('$') ? fields[written] : written;
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
