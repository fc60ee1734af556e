import {
  DescribeStackEventsCommand,
  type CloudFormationClient,
  type StackEvent as Found,
} from '@aws-sdk/client-cloudformation';
import { UnansweredError } from '../../../core/errors.ts';
import type { StackEvent } from '../../../ports/stacks.ts';
import { required } from '../fields.ts';
import { explain, isMissing } from './failure.ts';
import { poll } from './poll.ts';

/** A stack by its id, which also finds it when it is deleted. */
export interface Followed {
  readonly client: CloudFormationClient;
  readonly stackId: string;
  /** For messages. */
  readonly resource: string;
}

/** How an operation on a stack ended. */
export interface Ending {
  readonly status: string;
  /** What failed, and why, as CloudFormation says it. */
  readonly failures: readonly { readonly logicalId: string; readonly reason: string }[];
}

/** CloudFormation takes half an hour for a distribution at worst. */
const DEADLINE_MINUTES = 60;
/** What was only cancelled because something else failed says nothing. */
const CANCELLED = /cancelled|canceled/i;

/** The id of the last event so far; undefined: there is none. */
export async function findLastEvent(followed: Followed): Promise<string | undefined> {
  const { events } = await readPage(followed, undefined);
  return events[0]?.id;
}

/** Tells every event after that one as it comes, until one says that the operation is over. */
export async function followStack(
  followed: Followed,
  since: string | undefined,
  tell: (event: StackEvent) => void,
): Promise<Ending> {
  const told = new Set<string>(since === undefined ? [] : [since]);
  const failures: Ending['failures'][number][] = [];
  const ended = await poll(DEADLINE_MINUTES * 60_000, async () => {
    let ending: string | undefined;
    for (const event of await readNewEvents(followed, told)) {
      told.add(event.id);
      tell(event);
      const isOfStack = event.physicalId === followed.stackId;
      if (!isOfStack) failures.push(...listFailures(event));
      if (isOfStack && isOver(event.status)) ending = event.status;
    }
    return ending;
  });
  if (ended !== undefined) return { status: ended, failures };
  throw new UnansweredError(
    `CloudFormation is still at work on the ${followed.resource} after ${DEADLINE_MINUTES} minutes.`,
    'Look at its events in the console, and run the command again when it is done.',
  );
}

interface Event extends StackEvent {
  readonly physicalId: string | undefined;
}

/** Oldest first. CloudFormation lists the newest first, page by page. */
async function readNewEvents(
  followed: Followed,
  told: ReadonlySet<string>,
): Promise<readonly Event[]> {
  const found: Event[] = [];
  let next: string | undefined;
  do {
    const page = await readPage(followed, next);
    for (const event of page.events) {
      if (told.has(event.id)) return found.toReversed();
      found.push(event);
    }
    next = page.next;
  } while (next !== undefined);
  return found.toReversed();
}

async function readPage({ client, stackId, resource }: Followed, NextToken: string | undefined) {
  try {
    const command = new DescribeStackEventsCommand({ StackName: stackId, NextToken });
    const { StackEvents = [], NextToken: next } = await client.send(command);
    return { events: StackEvents.map(toEvent), next };
  } catch (error) {
    if (isMissing(error)) return { events: [], next: undefined };
    throw explain(error, 'DescribeStackEvents', resource);
  }
}

function toEvent(event: Found): Event {
  return {
    id: required(event.EventId, 'the id of an event'),
    at: event.Timestamp ?? new Date(0),
    logicalId: event.LogicalResourceId ?? '',
    physicalId: event.PhysicalResourceId,
    type: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    reason: event.ResourceStatusReason?.replace(HANDLER, '$<message>'),
  };
}

/** `Resource handler returned message: "There is one." (RequestToken: ..., HandlerErrorCode: AlreadyExists)` */
const HANDLER = /^Resource handler returned message: "(?<message>[^]*)" \(RequestToken: [^)]*\)$/;

function listFailures({ logicalId, status, reason }: StackEvent): Ending['failures'] {
  const isOne = status.endsWith('_FAILED') && reason !== undefined && !CANCELLED.test(reason);
  return isOne ? [{ logicalId, reason }] : [];
}

/** `UPDATE_COMPLETE_CLEANUP_IN_PROGRESS` is not over yet. */
function isOver(status: string): boolean {
  return /_(COMPLETE|FAILED)$/.test(status);
}
