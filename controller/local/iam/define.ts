import type { output, ZodType } from 'zod';
import { defineOperation, type JsonOperation } from '../http/aws-json.ts';
import type { ServiceRequest } from '../service.ts';

/** An operation of IAM or STS, which refuse an input in their own word. */
export function define<Shape extends ZodType>(
  shape: Shape,
  run: (input: output<Shape>, request: ServiceRequest) => unknown,
): JsonOperation {
  return defineOperation(shape, run, 'ValidationError');
}
