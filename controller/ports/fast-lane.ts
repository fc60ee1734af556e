import type { RollbackRequest } from '../core/fast-lane/request.ts';
import type { Reply } from '../core/fast-lane/reply.ts';

/** The function that acts without GitHub, asked by somebody who may do nothing but ask it. */
export interface FastLane {
  /** Its name, or its ARN. Waits until it has answered. */
  askForRollback(fn: string, request: RollbackRequest): Promise<readonly Reply[]>;
}
