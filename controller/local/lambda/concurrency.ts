import * as z from 'zod';
import type { ServiceResponse } from '../service.ts';
import { json, type Call } from './call.ts';
import { readInput } from './input.ts';

const shape = z.strictObject({ ReservedConcurrentExecutions: z.int().min(0) });

/** GetFunctionConcurrency: an empty object where nothing is reserved. */
export function getConcurrency({ record }: Call): ServiceResponse {
  return json(200, describe(record.reservedConcurrency));
}

/** PutFunctionConcurrency. It is kept, and throttles nobody here. */
export function putConcurrency({ functions, record, request }: Call): ServiceResponse {
  const { ReservedConcurrentExecutions: reservedConcurrency } = readInput(shape, request);
  functions.save({ ...record, reservedConcurrency });
  return json(200, describe(reservedConcurrency));
}

export function deleteConcurrency({ functions, record }: Call): ServiceResponse {
  const { reservedConcurrency: _, ...rest } = record;
  functions.save(rest);
  return { status: 204 };
}

function describe(ReservedConcurrentExecutions: number | undefined) {
  return ReservedConcurrentExecutions === undefined ? {} : { ReservedConcurrentExecutions };
}
