import type { output } from 'zod';
import { cutPage } from '../http/page.ts';
import { ACCOUNT_ID } from '../service.ts';
import { existing, findStream, invalid, type In } from './group.ts';
import type { LogGroup, LogStore } from './log-store.ts';
import type * as shapes from './shapes.ts';

const TWO_HOURS = 2 * 3_600_000;
const DAY = 24 * 3_600_000;
const BATCH_BYTES = 1_048_576;
const EVENT_BYTES = 26;

/** The groups of a region. */
export interface Among {
  readonly store: LogStore;
  readonly region: string;
  readonly now: number;
}

export function createGroup(input: output<typeof shapes.createGroupShape>, among: Among): void {
  const { store, region, now } = among;
  const { logGroupName: name } = input;
  if (store.get(region, name) !== undefined) throw existing('log group');
  store.save({ region, name, created: now, streams: {}, metricFilters: [] });
}

export function describeGroups(input: output<typeof shapes.describeGroupsShape>, among: Among) {
  const { store, region } = among;
  const groups = store
    .all(region)
    .filter(({ name }) => name.startsWith(input.logGroupNamePrefix ?? ''));
  const page = cut(groups, ({ name }) => name, input);
  return { logGroups: page.items.map((group) => renderGroup(store, group)), nextToken: page.next };
}

function renderGroup(store: LogStore, group: LogGroup) {
  const logGroupArn = composeGroupArn(group);
  return {
    logGroupName: group.name,
    creationTime: group.created,
    retentionInDays: group.retentionDays,
    metricFilterCount: group.metricFilters.length,
    arn: `${logGroupArn}:*`,
    logGroupArn,
    logGroupClass: 'STANDARD',
    storedBytes: store.events(group).reduce((sum, one) => sum + Buffer.byteLength(one.message), 0),
  };
}

/** PutRetentionPolicy. */
export function putRetention(
  { retentionInDays }: output<typeof shapes.retentionShape>,
  { store, group }: In,
): void {
  store.save({ ...group, retentionDays: retentionInDays });
}

/** DeleteRetentionPolicy. */
export function deleteRetention(_: unknown, { store, group }: In): void {
  store.save({ ...group, retentionDays: undefined });
}

function composeGroupArn({ region, name }: LogGroup): string {
  return `arn:aws:logs:${region}:${ACCOUNT_ID}:log-group:${name}`;
}

export function createStream(
  { logStreamName }: output<typeof shapes.streamShape>,
  { store, group, now }: In,
): void {
  if (group.streams[logStreamName] !== undefined) throw existing('log stream');
  store.save({ ...group, streams: { ...group.streams, [logStreamName]: now } });
}

export function describeStreams(input: output<typeof shapes.describeStreamsShape>, at: In) {
  const { logStreamNamePrefix: prefix, orderBy, descending } = input;
  if (prefix !== undefined && orderBy === 'LastEventTime') {
    throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const streams = Object.keys(at.group.streams)
    .filter((name) => name.startsWith(prefix ?? ''))
    .map((name) => renderStream(name, at));
  const sorted = streams.toSorted((a, b) =>
    orderBy === 'LastEventTime'
      ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0)
      : a.logStreamName < b.logStreamName
        ? -1
        : 1,
  );
  const listed = descending ? sorted.toReversed() : sorted;
  const page = cut(listed, ({ logStreamName }) => logStreamName, input);
  return { logStreams: page.items, nextToken: page.next };
}

function renderStream(name: string, { store, group }: In) {
  const events = store.events(group).filter(({ stream }) => stream === name);
  const [first, last] = [events[0], events.at(-1)];
  return {
    logStreamName: name,
    creationTime: group.streams[name],
    firstEventTimestamp: first?.time,
    lastEventTimestamp: last?.time,
    lastIngestionTime: last?.ingested,
    arn: `${composeGroupArn(group)}:log-stream:${name}`,
    storedBytes: 0,
  };
}

/** PutLogEvents: what is too old or too new is left out and said so; everything else is all or nothing. */
export function putEvents(input: output<typeof shapes.putEventsShape>, at: In) {
  const { logStreamName: stream, logEvents } = input;
  const { store, group, now } = at;
  findStream(group, stream);
  const bytes = logEvents.reduce(
    (sum, { message }) => sum + Buffer.byteLength(message) + EVENT_BYTES,
    0,
  );
  if (bytes > BATCH_BYTES) throw invalid(`Upload too large: ${bytes} bytes exceeds ${BATCH_BYTES}`);
  const times = logEvents.map(({ timestamp }) => timestamp);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  if (times.some((time, index) => time < (times[index - 1] ?? 0))) {
    throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if (last - first > DAY) {
    throw invalid(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
  const oldest = now - 14 * DAY;
  const newest = now + TWO_HOURS;
  const isTaken = (time: number) => time >= oldest && time <= newest;
  const taken = logEvents.filter(({ timestamp }) => isTaken(timestamp));
  const { region, name } = group;
  const entries = taken.map(({ timestamp: time, message }) => ({ time, message }));
  store.append({ region, group: name, stream }, entries);
  if (taken.length === logEvents.length) return {};
  const tooNew = times.findIndex((time) => time > newest);
  const tooOld = times.findLastIndex((time) => time < oldest);
  return {
    rejectedLogEventsInfo: {
      ...(tooNew < 0 ? {} : { tooNewLogEventStartIndex: tooNew }),
      ...(tooOld < 0 ? {} : { tooOldLogEventEndIndex: tooOld + 1 }),
    },
  };
}

/** A page of a list, with the token of CloudWatch Logs. */
export function cut<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { limit, nextToken }: { readonly limit: number; readonly nextToken?: string | undefined },
) {
  const code = 'InvalidParameterException';
  return cutPage(items, nameOf, { MaxResults: limit, NextToken: nextToken, code });
}
