import { describe, expect, it } from 'vitest';
import {
  buildFunctionConfig,
  isSameConfig,
  toTestOutcome,
} from '../../../../../controller/adapters/aws/cloudfront/function.ts';

describe('what TestFunction found', () => {
  it('is the event the function returned, with its cost and its log', () => {
    const outcome = toTestOutcome({
      FunctionOutput: '{"request":{"uri":"/a"}}',
      FunctionErrorMessage: '',
      ComputeUtilization: '23',
      FunctionExecutionLogs: ['one'],
    });
    expect(outcome).toEqual({
      output: { request: { uri: '/a' } },
      error: undefined,
      utilization: 23,
      logs: ['one'],
    });
  });

  it.each([
    [{ FunctionErrorMessage: 'ReferenceError: a', FunctionOutput: '' }, 'ReferenceError: a'],
    [{ FunctionOutput: '' }, 'it returned no event'],
  ])('is an error without output: %j', (result, error) => {
    expect(toTestOutcome(result)).toMatchObject({ output: undefined, error });
  });
});

describe('the configuration of a function', () => {
  it('is the same as what CloudFront returns for it, whatever it leaves out', () => {
    const returned = { Comment: 'c', Runtime: 'cloudfront-js-2.0' } as const;
    expect(isSameConfig(buildFunctionConfig('c', undefined), returned)).toBe(true);
    expect(isSameConfig(buildFunctionConfig('c', 'arn:one'), returned)).toBe(false);
    expect(isSameConfig(buildFunctionConfig('d', undefined), returned)).toBe(false);
  });
});
