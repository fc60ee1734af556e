import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  InvalidParameterValueException,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { archiveCode } from '../../lambda/archive.ts';
import type { ProbeClients } from '../clients.ts';
import { COMMENT } from '../edge-listings.ts';
import type { PartRun } from '../part-run.ts';
import { createRole, type ScratchRole } from '../roles/role.ts';
import { waitFor } from '../wait.ts';

export interface ScratchFunction {
  readonly name: string;
  readonly arn: string;
  readonly role: ScratchRole;
  /** What it was when it was made. */
  readonly state: string | undefined;
  read(): Promise<FunctionConfiguration>;
}

interface Source {
  readonly suffix: string;
  /** Of `index.js`. */
  readonly code: string;
}

const KNOWN_MILLISECONDS = 120_000;
const PAUSE_MILLISECONDS = 1000;

/** A function of Lambda with a role of its own, which may do nothing until it is allowed. */
export async function createFunction(
  { iam, lambda }: ProbeClients,
  { scratch, signal }: PartRun,
  { suffix, code }: Source,
): Promise<ScratchFunction> {
  const trust = { Principal: { Service: 'lambda.amazonaws.com' } };
  const role = await createRole(iam, scratch, { suffix: `${suffix}-role`, trust });
  const FunctionName = `${scratch.name}-${suffix}`;
  scratch.keep(`function of Lambda ${FunctionName}`, () =>
    lambda.send(new DeleteFunctionCommand({ FunctionName })),
  );
  const made = await createWhenKnown(lambda, { ...compose(role.arn, code), FunctionName }, signal);
  return {
    name: FunctionName,
    arn: String(made.FunctionArn),
    role,
    state: made.State,
    read: () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
  };
}

/** Of any function of the probe; `code`: of `index.js`. */
export function compose(Role: string, code: string) {
  return {
    Description: COMMENT,
    Role,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: archiveCode(code) },
  } as const;
}

/** Lambda refuses a role for as long as it doesn't know it. */
export async function createWhenKnown(
  lambda: LambdaClient,
  order: CreateFunctionCommandInput,
  signal: AbortSignal,
): Promise<FunctionConfiguration> {
  let refused = '';
  const made = await waitFor(
    async () => {
      try {
        return await lambda.send(new CreateFunctionCommand(order));
      } catch (error) {
        if (!(error instanceof InvalidParameterValueException)) throw error;
        refused = String(error);
        return undefined;
      }
    },
    { signal, pause: PAUSE_MILLISECONDS, most: KNOWN_MILLISECONDS },
  );
  if (made === undefined) throw new Error(refused);
  return made;
}
