import type { z } from 'zod';
import { defineOperation, type JsonOperation } from '../http/aws-json.ts';
import type { ServiceRequest } from '../service.ts';

export const INVALID = 'ValidationError';

/** CloudWatch has its own name for invalid input. */
export function operation<Shape extends z.ZodType>(
  shape: Shape,
  run: (input: z.output<Shape>, request: ServiceRequest) => unknown,
): JsonOperation {
  return defineOperation(shape, run, INVALID);
}
