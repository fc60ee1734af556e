import type { output } from 'zod';
import { readFilterPattern } from './filter-pattern.ts';
import { findAfter, type LogEvent, type Position } from './log-store.ts';
import { findStream, invalid, withPattern, type In } from './group.ts';
import type * as shapes from './shapes.ts';

/** A page ends after so many bytes of messages, or so many events looked at. */
const PAGE_BYTES = 1024 ** 2;
const PAGE_SCANNED = 10_000;
/** What counts for an event beside its message. */
const EVENT_BYTES = 26;

/**
 * FilterLogEvents: by time, over streams. A page may be short, or empty, and still have a token:
 * only a page without one is the last.
 */
export function filterEvents(input: output<typeof shapes.filterEventsShape>, at: In) {
  const { logStreamNames, logStreamNamePrefix: prefix } = input;
  if (logStreamNames !== undefined && prefix !== undefined) {
    throw invalid('logStreamNames and logStreamNamePrefix cannot be specified together.');
  }
  const pattern = withPattern(() => readFilterPattern(input.filterPattern));
  const wanted = ({ stream, message }: LogEvent) =>
    (logStreamNames?.includes(stream) ?? true) &&
    stream.startsWith(prefix ?? '') &&
    pattern.match(message) !== undefined;
  const { startTime = 0, endTime = Infinity } = input;
  const after = input.nextToken === undefined ? undefined : readToken(input.nextToken);
  const events = at.store.events(at.group);
  const start = findAfter(events, after ?? { time: startTime, number: -1 });
  const found: LogEvent[] = [];
  let bytes = 0;
  let last: LogEvent | undefined;
  for (const event of events.slice(start, start + PAGE_SCANNED)) {
    if (event.time > endTime) return answer(found, undefined);
    const size = Buffer.byteLength(event.message) + EVENT_BYTES;
    if (wanted(event)) {
      if (found.length === input.limit || bytes + size > PAGE_BYTES) return answer(found, last);
      found.push(event);
      bytes += size;
    }
    last = event;
  }
  return answer(found, start + PAGE_SCANNED < events.length ? last : undefined);
}

function answer(found: readonly LogEvent[], last: Position | undefined) {
  return {
    events: found.map((event) => ({
      logStreamName: event.stream,
      timestamp: event.time,
      message: event.message,
      ingestionTime: event.ingested,
      eventId: `${event.time}${String(event.number).padStart(43, '0')}`,
    })),
    searchedLogStreams: [],
    nextToken: last === undefined ? undefined : writeToken(last),
  };
}

/** GetLogEvents: a page is never the last one; at the end, the token that was sent comes back. */
export function getEvents(input: output<typeof shapes.getEventsShape>, at: In) {
  findStream(at.group, input.logStreamName);
  const { startTime = 0, endTime = Infinity, limit } = input;
  const events = at.store
    .events(at.group)
    .filter(({ stream }) => stream === input.logStreamName)
    .filter(({ time }) => time >= startTime && time < endTime);
  const { isForward, from } = readDirection(input);
  const page = isForward
    ? cutForward(events.slice(from && findAfter(events, from)), limit)
    : cutForward(
        events.slice(0, from && findBefore(events, from)).toReversed(),
        limit,
      ).toReversed();
  const nowhere = from ?? { time: startTime, number: -1 };
  return {
    events: page.map(({ time, message, ingested }) => ({
      timestamp: time,
      message,
      ingestionTime: ingested,
    })),
    nextForwardToken: `f/${writeToken(page.at(-1) ?? nowhere)}`,
    nextBackwardToken: `b/${writeToken(page[0] ?? nowhere)}`,
  };
}

/** `f/<position>` or `b/<position>`; without one, from the end or from the head. */
function readDirection(input: output<typeof shapes.getEventsShape>): {
  readonly isForward: boolean;
  readonly from: Position | undefined;
} {
  const { nextToken, startFromHead } = input;
  if (nextToken === undefined) return { isForward: startFromHead, from: undefined };
  const [, direction, token = ''] = /^([fb])\/(.+)$/.exec(nextToken) ?? [];
  return { isForward: direction === 'f', from: readToken(token) };
}

function cutForward(events: readonly LogEvent[], limit: number): readonly LogEvent[] {
  let bytes = 0;
  const page = events.slice(0, limit);
  const full = page.findIndex(
    ({ message }) => (bytes += Buffer.byteLength(message) + EVENT_BYTES) > PAGE_BYTES,
  );
  return full < 0 ? page : page.slice(0, full);
}

function findBefore(events: readonly LogEvent[], position: Position): number {
  return findAfter(events, { time: position.time, number: position.number - 1 });
}

function writeToken({ time, number }: Position): string {
  return Buffer.from(JSON.stringify([time, number])).toString('base64url');
}

function readToken(token: string): Position {
  try {
    const [time, number] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[];
    if (typeof time === 'number' && typeof number === 'number') return { time, number };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw badToken();
}

function badToken() {
  return invalid('The specified nextToken is invalid.');
}
