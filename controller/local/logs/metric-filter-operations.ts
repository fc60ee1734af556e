import type { output } from 'zod';
import { readFilterPattern } from './filter-pattern.ts';
import { cut, type Among } from './group-operations.ts';
import { invalid, missing, tooMany, withPattern, type In } from './group.ts';
import { findProblem, type MetricFilter } from './metric-filter.ts';
import type { LogGroup } from './log-store.ts';
import type * as shapes from './shapes.ts';

const FILTERS_LIMIT = 100;

/** PutMetricFilter: counts what comes from now on; one of the same name is replaced. */
export function putMetricFilter(
  input: output<typeof shapes.putMetricFilterShape>,
  { store, group, now }: In,
): void {
  const { filterName: name, filterPattern: pattern, metricTransformations } = input;
  const [transformation] = metricTransformations;
  if (transformation === undefined) throw invalid('metricTransformations must have one element.');
  const problem = findProblem(
    withPattern(() => readFilterPattern(pattern)),
    transformation,
  );
  if (problem !== undefined) throw invalid(problem);
  const others = group.metricFilters.filter((filter) => filter.name !== name);
  if (others.length >= FILTERS_LIMIT) throw tooMany();
  const filter: MetricFilter = { name, pattern, transformation, created: now };
  store.save({ ...group, metricFilters: [...others, filter] });
}

export function describeMetricFilters(
  input: output<typeof shapes.describeMetricFiltersShape>,
  { store, region }: Among,
) {
  const { logGroupName, filterNamePrefix: prefix, metricName, metricNamespace } = input;
  if ((metricName === undefined) !== (metricNamespace === undefined)) {
    throw invalid('metricName and metricNamespace must be specified together.');
  }
  if (prefix !== undefined && logGroupName === undefined) {
    throw invalid('filterNamePrefix needs a logGroupName.');
  }
  const known = logGroupName === undefined ? undefined : store.get(region, logGroupName);
  if (logGroupName !== undefined && known === undefined) throw missing('log group');
  const filters = (known === undefined ? store.all(region) : [known])
    .flatMap((group) => group.metricFilters.map((filter) => ({ group, filter })))
    .filter(({ filter }) => filter.name.startsWith(prefix ?? ''))
    .filter(({ filter: { transformation } }) =>
      metricName === undefined
        ? true
        : transformation.metricName === metricName &&
          transformation.metricNamespace === metricNamespace,
    )
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const page = cut(filters, nameOf, input);
  return { metricFilters: page.items.map(render), nextToken: page.next };
}

interface Found {
  readonly group: LogGroup;
  readonly filter: MetricFilter;
}

function nameOf({ group, filter }: Found): string {
  return `${filter.name} ${group.name}`;
}

function render({ group, filter }: Found) {
  return {
    filterName: filter.name,
    filterPattern: filter.pattern,
    metricTransformations: [filter.transformation],
    creationTime: filter.created,
    logGroupName: group.name,
  };
}

export function deleteMetricFilter(
  { filterName }: output<typeof shapes.deleteMetricFilterShape>,
  { store, group }: In,
): void {
  const metricFilters = group.metricFilters.filter(({ name }) => name !== filterName);
  if (metricFilters.length === group.metricFilters.length) throw missing('metric filter');
  store.save({ ...group, metricFilters });
}

/** TestMetricFilter: which messages match, counted from 1. */
export function testMetricFilter(input: output<typeof shapes.testMetricFilterShape>) {
  const pattern = withPattern(() => readFilterPattern(input.filterPattern));
  const matches = input.logEventMessages.flatMap((eventMessage, index) => {
    const extractedValues = pattern.match(eventMessage);
    return extractedValues === undefined
      ? []
      : [{ eventNumber: index + 1, eventMessage, extractedValues }];
  });
  return { matches };
}
