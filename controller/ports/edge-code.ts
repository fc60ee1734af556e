import type { CodeRecord } from '../core/state/code-record.ts';

export interface LiveFunction {
  readonly code: string;
  readonly comment: string;
  readonly arn: string;
}

export interface FunctionDraft {
  readonly name: string;
  readonly code: string;
  readonly comment: string;
  /** Name of the KeyValueStore the function reads; undefined: none. */
  readonly store: string | undefined;
}

export interface TestOutcome {
  /** The function's output event, parsed; undefined when it failed. */
  readonly output: unknown;
  readonly error: string | undefined;
  /** 0 to 100: share of the permitted compute. */
  readonly utilization: number;
  readonly logs: readonly string[];
}

/** CloudFront Functions: no versions, one development and one live stage each. */
export interface EdgeCode {
  /** What is published; undefined when the function doesn't exist or was never published. */
  readLive(name: string): Promise<LiveFunction | undefined>;
  /** Creates or updates the development stage; returns its revision. */
  stage(draft: FunctionDraft): Promise<string>;
  test(name: string, revision: string, event: unknown): Promise<TestOutcome>;
  /** Makes the development stage live; returns the function's ARN. */
  publish(name: string, revision: string): Promise<string>;
}

/** Every bundle that was ever published, by hash. */
export interface CodeArchive {
  has(hash: string): Promise<boolean>;
  write(hash: string, code: string): Promise<void>;
  /** undefined: it was never archived. */
  read(hash: string): Promise<string | undefined>;
}

/** What each edge group runs and ran, in one bucket. */
export interface CodeRecordStore {
  read(group: string): Promise<{ record: CodeRecord; revision: string } | undefined>;
  /** Compare-and-set: `revision` undefined means it must not exist yet. Throws ConflictError. */
  write(record: CodeRecord, revision: string | undefined): Promise<void>;
}

/** What CloudFront counts of its functions. */
export interface FunctionMetrics {
  /**
   * Runs of these functions that failed, whatever the reason, in whole minutes from `since` to
   * `until`. Throws when CloudWatch can't be read.
   */
  countErrors(functions: readonly string[], since: Date, until: Date): Promise<number>;
  /** The same of the Lambda functions of these distributions. */
  countLambdaErrors(distributions: readonly string[], since: Date, until: Date): Promise<number>;
}
