import type { FunctionConfig, TestResult } from '@aws-sdk/client-cloudfront';
import type { TestOutcome } from '../../../ports/edge-code.ts';

/** The configuration of a function; `store`: ARN of the KeyValueStore it reads, or none. */
export function buildFunctionConfig(comment: string, store: string | undefined) {
  const items = store === undefined ? [] : [{ KeyValueStoreARN: store }];
  return {
    Comment: comment,
    Runtime: 'cloudfront-js-2.0',
    KeyValueStoreAssociations: { Quantity: items.length, Items: items },
  } as const satisfies FunctionConfig;
}

export function isSameConfig(one: FunctionConfig, other: FunctionConfig): boolean {
  return describeConfig(one) === describeConfig(other);
}

function describeConfig({ Comment, Runtime, KeyValueStoreAssociations }: FunctionConfig): string {
  const stores = KeyValueStoreAssociations?.Items ?? [];
  return JSON.stringify([Comment, Runtime, stores.map((store) => store.KeyValueStoreARN)]);
}

/** What TestFunction found. An output that isn't JSON is an error of the function. */
export function toTestOutcome(result: TestResult = {}): TestOutcome {
  const { FunctionOutput = '', FunctionErrorMessage = '' } = result;
  const output = parseJson(FunctionOutput);
  const error = FunctionErrorMessage || (output === undefined ? 'it returned no event' : undefined);
  return {
    output: error === undefined ? output : undefined,
    error,
    utilization: Number(result.ComputeUtilization ?? 0),
    logs: result.FunctionExecutionLogs ?? [],
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
