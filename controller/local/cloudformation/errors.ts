import { ServiceError } from '../service.ts';

/** What CloudFormation calls nearly every refusal. */
export function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationError', message);
}
