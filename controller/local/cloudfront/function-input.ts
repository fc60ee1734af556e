import type { FunctionEvent } from '../function-runtime/event.ts';
import type { KeyValueStores } from '../keyvaluestore/stores.ts';
import { ServiceError } from '../service.ts';
import { invalidArgument, refuseMembers, type Call } from './call.ts';
import type { Stage } from './functions.ts';
import { childOf, itemsOf, textOf, type XmlElement } from './xml.ts';

/** What CreateFunction and UpdateFunction say. */
export interface FunctionDraft {
  readonly code: string;
  readonly comment: string;
  /** ARN of the associated KeyValueStore. */
  readonly store: string | undefined;
}

export const RUNTIME = 'cloudfront-js-2.0';
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const CODE_BYTES = 10_240;
const COMMENT_LIMIT = 128;
const EVENT_BYTES = 40_960;

export function readFunctionName(body: XmlElement): string {
  const name = textOf(body, 'Name') ?? '';
  if (!NAME.test(name)) throw invalidArgument(`The name must match ${NAME.source}.`);
  refuseMembers(body, ['Tags']);
  return name;
}

export function readDraft(body: XmlElement, stores: KeyValueStores): FunctionDraft {
  const config = childOf(body, 'FunctionConfig');
  const runtime = textOf(config, 'Runtime') ?? '';
  if (runtime !== RUNTIME) {
    throw invalidArgument(`The local cloud runs ${RUNTIME} only, not "${runtime}".`);
  }
  const comment = textOf(config, 'Comment') ?? '';
  if (comment.length > COMMENT_LIMIT) {
    throw invalidArgument(`The comment is longer than ${COMMENT_LIMIT} characters.`);
  }
  const code = Buffer.from(textOf(body, 'FunctionCode') ?? '', 'base64');
  if (code.length === 0) throw invalidArgument('The function has no code.');
  if (code.length > CODE_BYTES) {
    const message = `The code is ${code.length} bytes long, the limit is ${CODE_BYTES}.`;
    throw new ServiceError(413, 'FunctionSizeLimitExceeded', message);
  }
  return { code: code.toString('utf8'), comment, store: readAssociation(config, stores) };
}

function readAssociation(config: XmlElement, stores: KeyValueStores): string | undefined {
  const list = childOf(config, 'KeyValueStoreAssociations');
  const [association, second] = itemsOf(list, 'KeyValueStoreAssociation');
  if (second !== undefined) throw invalidArgument('A function can have one KeyValueStore only.');
  if (association === undefined) return undefined;
  const arn = textOf(association, 'KeyValueStoreARN') ?? '';
  if (stores.findByArn(arn) === undefined) {
    throw new ServiceError(404, 'EntityNotFound', `There is no key value store ${arn}.`);
  }
  return arn;
}

/** DEVELOPMENT unless the request says otherwise. */
export function readStage(stage: string | null | undefined): Stage {
  if (stage === 'LIVE') return 'LIVE';
  if (stage === 'DEVELOPMENT' || stage === null || stage === undefined) return 'DEVELOPMENT';
  throw invalidArgument(`There is no stage ${stage}.`);
}

/** The event of a TestFunction call. */
export function readTestEvent(call: Call, body: XmlElement): FunctionEvent {
  const bytes = Buffer.from(textOf(body, 'EventObject') ?? '', 'base64');
  if (bytes.length > EVENT_BYTES) throw invalidArgument(`The event is over ${EVENT_BYTES} bytes.`);
  const event = parseJson(bytes.toString('utf8')) as Partial<FunctionEvent> | null;
  const eventType = event?.context?.eventType;
  const isResponse = eventType === 'viewer-response';
  if (event?.version !== '1.0' || event.request === undefined) {
    throw invalidArgument(`The event for ${call.id} needs version "1.0" and a request.`);
  }
  if ((!isResponse && eventType !== 'viewer-request') || (isResponse && !event.response)) {
    throw invalidArgument(
      'context.eventType must be viewer-request, or viewer-response with a response in the event.',
    );
  }
  return event as FunctionEvent;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalidArgument('The event is not JSON.');
  }
}
