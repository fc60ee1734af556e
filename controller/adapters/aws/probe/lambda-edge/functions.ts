import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { compose, createWhenKnown } from '../lambda/scratch-function.ts';
import type { Scratch } from '../scratch.ts';
import { waitFor } from '../wait.ts';
import { TIMEOUT } from './code.ts';

const PAUSE_MILLISECONDS = 500;
const ACTIVE_MILLISECONDS = 120_000;

export interface Making {
  readonly lambda: LambdaClient;
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
  /** ARN of one that may do nothing: not even log. */
  readonly role: string;
}

/** The ARN of a function's first version, that distributions take. */
export async function createVersion(
  { lambda, scratch, signal, role }: Making,
  { kind, code }: { readonly kind: string; readonly code: string },
): Promise<string> {
  const FunctionName = `${scratch.name}-${kind}`;
  scratch.keepForLater(`function ${FunctionName} of Lambda@Edge`, () =>
    lambda.send(new DeleteFunctionCommand({ FunctionName })),
  );
  const order = { ...compose(role, code), FunctionName, MemorySize: 128, Timeout: TIMEOUT };
  const made = await createWhenKnown(lambda, { ...order, Publish: true }, signal);
  const version = { FunctionName, Qualifier: made.Version };
  const active = await waitFor(
    async () => {
      const { State, FunctionArn } = await lambda.send(
        new GetFunctionConfigurationCommand(version),
      );
      return State === 'Active' ? FunctionArn : undefined;
    },
    { signal, pause: PAUSE_MILLISECONDS, most: ACTIVE_MILLISECONDS },
  );
  if (active === undefined) throw new Error(`${FunctionName} is never Active`);
  return active;
}
