import { ServiceError } from '../service.ts';
import type { LogGroup, LogStore } from './log-store.ts';
import { BadPattern } from './pattern.ts';

/** A group that is there. */
export interface In {
  readonly store: LogStore;
  readonly group: LogGroup;
  readonly now: number;
}

export function findStream(group: LogGroup, name: string): void {
  if (group.streams[name] === undefined) throw missing('log stream');
}

/** What CloudWatch Logs says about a pattern it can't read. */
export function withPattern<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadPattern) throw invalid(error.message);
    throw error;
  }
}

export function invalid(message: string): ServiceError {
  return new ServiceError(400, 'InvalidParameterException', message);
}

export function missing(what: string): ServiceError {
  const message = `The specified ${what} does not exist.`;
  return new ServiceError(400, 'ResourceNotFoundException', message);
}

export function existing(what: string): ServiceError {
  const message = `The specified ${what} already exists`;
  return new ServiceError(400, 'ResourceAlreadyExistsException', message);
}

export function tooMany(): ServiceError {
  return new ServiceError(400, 'LimitExceededException', 'Resource limit exceeded.');
}
