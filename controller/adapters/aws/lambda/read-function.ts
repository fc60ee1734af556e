import {
  GetFunctionConfigurationCommand,
  ResourceNotFoundException,
  type FunctionConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { translateError } from '../translate-error.ts';

/** How the function is now, published or not; undefined: there is none. */
export async function readFunction(
  lambda: LambdaClient,
  name: string,
): Promise<FunctionConfiguration | undefined> {
  try {
    return await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw translateError(error, {
      action: 'lambda:GetFunctionConfiguration',
      resource: `function ${name}`,
    });
  }
}
