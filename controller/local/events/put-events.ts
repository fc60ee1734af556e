import type { output } from 'zod';
import { ServiceError, type CloudClock } from '../service.ts';
import type { Bus } from './bus.ts';
import { matchesPattern, readPattern } from './event-pattern.ts';
import { composeBusArn } from './rule-store.ts';
import type * as shapes from './shapes.ts';
import { isObject } from './value-test.ts';

const BYTES_LIMIT = 256 * 1024;

/** PutEvents: each entry by itself is taken or refused. */
export function putEvents(
  { Entries }: output<typeof shapes.putEventsShape>,
  {
    region,
    bus,
    clock,
  }: { readonly region: string; readonly bus: Bus; readonly clock: CloudClock },
) {
  if (Buffer.byteLength(JSON.stringify(Entries)) > BYTES_LIMIT) {
    const message = `Total size of the entries in the request is over the limit of ${BYTES_LIMIT} bytes.`;
    throw new ServiceError(400, 'ValidationException', message);
  }
  const entries = Entries.map((entry) => {
    const problem = findProblem(entry, region);
    if (problem !== undefined) return problem;
    const { Source = '', DetailType = '', Resources = [], Detail = '{}', Time } = entry;
    const id = bus.accept({
      region,
      source: Source,
      detailType: DetailType,
      resources: Resources,
      detail: JSON.parse(Detail),
      time: Time === undefined ? clock.now() : new Date(Time * 1000),
    });
    return { EventId: id };
  });
  const FailedEntryCount = entries.filter((entry) => !('EventId' in entry)).length;
  return { FailedEntryCount, Entries: entries };
}

function findProblem({ Source, DetailType, Detail, EventBusName }: shapes.Entry, region: string) {
  const bus = EventBusName ?? 'default';
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value === undefined || value === '') {
      return refuse(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
    }
  }
  if (Source?.startsWith('aws.') === true) {
    return refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  if (parseObject(Detail ?? '') === undefined) {
    return refuse('MalformedDetail', 'Detail is malformed.');
  }
  if (bus !== 'default' && bus !== composeBusArn(region)) {
    return refuse('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  }
  return undefined;
}

function refuse(ErrorCode: string, ErrorMessage: string) {
  return { ErrorCode, ErrorMessage };
}

const FIELDS = ['id', 'detail-type', 'source', 'account', 'time', 'region', 'resources'];

/** TestEventPattern: the event has to be whole, as a rule would see it. */
export function testPattern({ EventPattern, Event }: output<typeof shapes.testPatternShape>) {
  const event = parseObject(Event);
  const missing = FIELDS.find((name) => event?.[name] === undefined);
  if (event === undefined || missing !== undefined) {
    const why = event === undefined ? 'it is not a JSON object' : `it has no "${missing}"`;
    const message = `Parameter Event is not valid: ${why}.`;
    throw new ServiceError(400, 'ValidationException', message);
  }
  return { Result: matchesPattern(readPattern(EventPattern), event) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
