import { isJson } from '../http/is-json.ts';
import { ServiceError } from '../service.ts';
import type { BusEvent } from './event.ts';
import type { Target } from './shapes.ts';
import { isObject } from './value-test.ts';

/** Whom an event is for. */
export interface Matched {
  readonly event: BusEvent;
  readonly rule: { readonly name: string; readonly arn: string };
  readonly received: Date;
}

const PATH = /^\$(\.[\w-]+(\[\d+\])*)*$/;
const PLACEHOLDER = /<([\w.-]+)>/g;
/** A string of JSON, or a placeholder outside of one. */
const PART = /"(?:[^"\\]|\\.)*"|<[\w.-]+>/g;
const OWN = /^aws\.events\.(rule-arn|rule-name|event|event\.ingestion-time|event\.json)$/;

/** Refuses what could never become an input. Throws ValidationException. */
export function checkTarget(target: Target): void {
  const { Id, Input, InputPath, InputTransformer } = target;
  const given = [Input, InputPath, InputTransformer].filter((one) => one !== undefined);
  if (given.length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for ${Id}.`);
  }
  if (Input !== undefined && !isJson(Input)) throw invalid(`JSON syntax error in input for ${Id}.`);
  if (InputPath !== undefined && !PATH.test(InputPath)) {
    throw invalid(`Invalid InputPath for target ${Id}.`);
  }
  if (InputTransformer !== undefined) checkTransformer(Id, InputTransformer);
}

type Transformer = NonNullable<Target['InputTransformer']>;

function checkTransformer(id: string, { InputPathsMap = {}, InputTemplate }: Transformer): void {
  const names = Object.keys(InputPathsMap);
  if (names.length > 100) throw invalid(`InputPathsMap of ${id} has more than 100 entries.`);
  const reserved = names.find((name) => /^aws/i.test(name) || !/^[\w.-]+$/.test(name));
  if (reserved !== undefined) {
    throw invalid(`InputPathsMap of ${id} may not have the key ${reserved}.`);
  }
  const path = Object.values(InputPathsMap).find((one) => !PATH.test(one));
  if (path !== undefined) throw invalid(`Invalid path ${path} in InputPathsMap of target ${id}.`);
  for (const [, name = ''] of InputTemplate.matchAll(PLACEHOLDER)) {
    if (names.includes(name) || OWN.test(name)) continue;
    throw invalid(`InputTemplate for target ${id} contains the unknown placeholder <${name}>.`);
  }
  // With something in the place of each, it has to be JSON.
  const sample = InputTemplate.replaceAll(PART, (part) => (part.startsWith('<') ? 'null' : part));
  if (!isJson(sample)) throw invalid(`Invalid InputTemplate for target ${id}: it is not JSON.`);
}

/** What the target gets; undefined: the template made no JSON of this event. */
export function composeInput(target: Target, matched: Matched): { input: unknown } | undefined {
  const { Input, InputPath, InputTransformer } = target;
  if (Input !== undefined) return { input: JSON.parse(Input) };
  if (InputPath !== undefined) return { input: readPath(matched.event, InputPath) ?? null };
  if (InputTransformer === undefined) return { input: matched.event };
  const text = fill(InputTransformer, matched);
  return isJson(text) ? { input: JSON.parse(text) } : undefined;
}

/**
 * A placeholder outside of strings becomes the value as JSON, inside of one its text, which nobody
 * escapes; one whose path leads nowhere becomes nothing.
 */
function fill({ InputPathsMap = {}, InputTemplate }: Transformer, matched: Matched): string {
  const valueOf = (name: string): unknown => {
    const path = InputPathsMap[name];
    return path === undefined ? ownValue(name, matched) : readPath(matched.event, path);
  };
  return InputTemplate.replaceAll(PART, (part) => {
    if (part.startsWith('<')) return JSON.stringify(valueOf(part.slice(1, -1))) ?? '';
    return part.replaceAll(PLACEHOLDER, (_, name: string) => asText(valueOf(name)));
  });
}

function ownValue(name: string, { event, rule, received }: Matched): unknown {
  const { detail: _, ...around } = event;
  switch (name) {
    case 'aws.events.rule-arn':
      return rule.arn;
    case 'aws.events.rule-name':
      return rule.name;
    case 'aws.events.event.ingestion-time':
      return received.toISOString();
    case 'aws.events.event':
      return around;
    default:
      return event;
  }
}

function asText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `$.detail.state.value`, `$.resources[0]` */
function readPath(event: unknown, path: string): unknown {
  const steps = path.match(/[\w-]+/g) ?? [];
  return steps.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return (value as unknown[])[Number(step)];
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, event);
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationException', message);
}
