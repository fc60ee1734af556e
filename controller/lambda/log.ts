/** One line of the function's log, as JSON: CloudWatch finds fields in it by their names. */
export interface LogLine {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly [field: string]: unknown;
}

export type Log = (line: LogLine) => void;

/** Only what is named by its caller: never an event, an error object or a request, which may carry anything. */
export function createLog(write: (line: string) => void): Log {
  return (line) => write(JSON.stringify(line));
}
