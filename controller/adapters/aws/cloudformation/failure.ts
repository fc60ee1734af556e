import { ConflictError } from '../../../core/errors.ts';
import { readText } from '../fields.ts';
import { translateError } from '../translate-error.ts';

/** Codes of their own, and what a `ValidationError` says of a stack that another run has, or has just made. */
const BUSY_NAMES = new Set([
  'ChangeSetNotFound',
  'ChangeSetNotFoundException',
  'InvalidChangeSetStatus',
  'InvalidChangeSetStatusException',
  'OperationInProgressException',
]);
const BUSY_TEXT = /_IN_PROGRESS|in progress|already exists and cannot be created/i;

/** CloudFormation has no code for a stack that isn't there (observed by everybody: `Stack with id x does not exist`). */
export function isMissing(error: unknown): boolean {
  return (
    readText(error, 'name') === 'ValidationError' &&
    /does not exist/.test(readText(error, 'message') ?? '')
  );
}

/** Which stack, and where, for messages: `stack headgate in us-east-1`. */
export function nameStack(name: string, region: string): string {
  return `stack ${name} in ${region}`;
}

export function explain(error: unknown, verb: string, resource: string): Error {
  const name = readText(error, 'name') ?? '';
  const isBusy =
    BUSY_NAMES.has(name) ||
    (name === 'ValidationError' && BUSY_TEXT.test(readText(error, 'message') ?? ''));
  if (isBusy) return inProgress(resource);
  return translateError(error, { action: `cloudformation:${verb}`, resource });
}

export function inProgress(resource: string, status?: string): ConflictError {
  const state = status === undefined ? '' : ` (${status})`;
  return new ConflictError(
    `Another run is at work on the ${resource}${state}.`,
    'Run the command again when that is over: it goes on from there.',
  );
}
