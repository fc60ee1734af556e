import type { Statement } from './statement.ts';

const PAGE = 'controller/local/README.md';

/** Of the local cloud's page, about what watches, counts and makes other things. */
export const WATCH_STATEMENTS: readonly Statement[] = [
  {
    id: 'alarm-looks-back',
    page: PAGE,
    says: 'two periods further back',
    measured: {
      how: 'how long an alarm of one minute stays in ALARM after its only datum',
      part: 'alarms',
    },
  },
  {
    id: 'alarm-complete-periods',
    page: PAGE,
    says: 'only complete periods',
    measured: {
      how: "a datum early in a minute: whether the alarm waits for the minute's end",
      part: 'alarms',
    },
  },
  {
    id: 'alarm-too-few',
    page: PAGE,
    says: 'too few datapoints',
    measured: { how: 'an alarm of 3 out of 3 with one datum, set to OK', part: 'alarms' },
  },
  {
    id: 'alarm-moment',
    page: PAGE,
    says: 'an alarm is evaluated once a minute',
    measured: { how: 'an alarm is put when its datum is there', part: 'alarms' },
  },
  {
    id: 'not-binds-first',
    page: PAGE,
    says: 'NOT binds closest',
    measured: { how: '`NOT FALSE OR TRUE` and `TRUE OR TRUE AND FALSE`', part: 'alarms' },
  },
  {
    id: 'composite-moment',
    page: PAGE,
    says: 'a composite alarm is evaluated',
    measured: { how: 'a composite alarm above an alarm that changes', part: 'alarms' },
  },
  {
    id: 'log-delay',
    page: PAGE,
    says: 'an event can be read, and is counted',
    measured: {
      how: 'an event is written, looked for, and counted by a metric filter',
      part: 'logs',
    },
  },
  {
    id: 'log-start-end',
    page: PAGE,
    says: 'START DistributionID',
    measured: { how: "a function that prints, and one that doesn't", part: 'edge' },
  },
  {
    id: 'log-page',
    page: PAGE,
    says: 'a page ends after 10,000 events',
    measured: { how: '10,050 events in two streams', part: 'logs' },
  },
  {
    id: 'log-quotes',
    page: PAGE,
    says: 'values that are neither number nor word',
    measured: { how: '`TestMetricFilter` of `!=` with a word', part: 'logs' },
  },
  {
    id: 'metric-without-number',
    page: PAGE,
    says: 'an event without a number in',
    measured: { how: 'events with and without a number under one filter', part: 'logs' },
  },
  {
    id: 'rule-template',
    page: PAGE,
    says: 'a template that makes no JSON',
    measured: { how: 'an event for two rules, whose templates make JSON and none', part: 'rules' },
  },
  {
    id: 'rule-first',
    page: PAGE,
    says: '`rate()`: first after one interval',
    measured: { how: 'the first run of `rate(1 minute)`', part: 'rules' },
  },
  {
    id: 'stack-time',
    page: PAGE,
    says: 'change sets only, no `CreateStack`',
    measured: { how: 'a change set is watched from its creation', part: 'stacks' },
  },
  {
    id: 'stack-outputs-alone',
    page: PAGE,
    says: 'outputs or parameters alone',
    measured: { how: 'a change set that adds an output', part: 'stacks' },
  },
  {
    id: 'stack-import-undone',
    page: PAGE,
    says: 'a creation that fails lets go of what it imported',
    measured: { how: 'a log group is taken over by a stack that fails then', part: 'stacks' },
  },
  {
    id: 'stack-events',
    page: PAGE,
    says: 'events newest first',
    measured: { how: 'the events of a stack of 50 log groups', part: 'stacks' },
  },
  {
    id: 'table-creating',
    page: PAGE,
    says: 'a table is `CREATING`',
    measured: { how: 'items and changes while it is made', part: 'table' },
  },
  {
    id: 'table-replicas',
    page: PAGE,
    says: 'replicas by `UpdateTable`',
    measured: { how: 'two replicas in one call, then one after the other', part: 'table' },
  },
  {
    id: 'table-regions',
    page: PAGE,
    says: 'a region sees its own writes at once',
    measured: { how: 'an item is written in one region and read in both', part: 'table' },
  },
  {
    id: 'table-deletion',
    page: PAGE,
    says: "a table with replicas can't be deleted",
    measured: { how: 'both deletions are asked for', part: 'table' },
  },
  {
    id: 'lambda-pending',
    page: PAGE,
    says: 'a function is `Pending`',
    measured: { how: 'an update as soon as it was created', part: 'lambda' },
  },
  {
    id: 'lambda-revision',
    page: PAGE,
    says: 'publishing leaves the `RevisionId`',
    measured: { how: '`RevisionId` before and after', part: 'lambda' },
  },
];
