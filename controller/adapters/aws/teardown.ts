import {
  DeleteFunctionCommand,
  DescribeFunctionCommand,
  FunctionInUse,
  GetDistributionConfigCommand,
  NoSuchDistribution,
  NoSuchFunctionExists,
  UpdateDistributionCommand,
  type CloudFrontClient,
  type DefaultCacheBehavior,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import {
  DeleteFunctionCommand as DeleteLambdaCommand,
  GetFunctionConfigurationCommand,
  InvalidParameterValueException,
  ResourceNotFoundException,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { isNamed } from '../../core/plan/replaced.ts';
import type { Teardown } from '../../ports/teardown.ts';
import { required } from './fields.ts';
import { translateError } from './translate-error.ts';

export function createTeardown(cloudfront: CloudFrontClient, lambda: LambdaClient): Teardown {
  return {
    dissociate: (id, functions) => dissociate(cloudfront, id, functions),
    removeFunction: (name) => removeFunction(cloudfront, name),
    removeLambda: (name) => removeLambda(lambda, name),
  };
}

async function dissociate(
  cloudfront: CloudFrontClient,
  Id: string,
  functions: readonly string[],
): Promise<boolean> {
  try {
    const live = await cloudfront.send(new GetDistributionConfigCommand({ Id }));
    const config = required(live.DistributionConfig, 'the configuration of a distribution');
    const without = withoutFunctions(config, functions);
    if (without === undefined) return false;
    const update = { Id, IfMatch: live.ETag, DistributionConfig: without };
    await cloudfront.send(new UpdateDistributionCommand(update));
    return true;
  } catch (error) {
    if (error instanceof NoSuchDistribution) return false;
    throw translateError(error, {
      action: 'cloudfront:UpdateDistribution',
      resource: `distribution ${Id}`,
    });
  }
}

async function removeFunction(
  cloudfront: CloudFrontClient,
  Name: string,
): Promise<'gone' | 'in-use'> {
  try {
    const { ETag } = await cloudfront.send(new DescribeFunctionCommand({ Name }));
    await cloudfront.send(new DeleteFunctionCommand({ Name, IfMatch: ETag }));
    return 'gone';
  } catch (error) {
    if (error instanceof NoSuchFunctionExists) return 'gone';
    if (error instanceof FunctionInUse) return 'in-use';
    throw translateError(error, {
      action: 'cloudfront:DeleteFunction',
      resource: `function ${Name}`,
    });
  }
}

async function removeLambda(
  lambda: LambdaClient,
  FunctionName: string,
): Promise<'gone' | 'replicated' | 'foreign'> {
  try {
    const present = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (present.Description?.startsWith('headgate ') !== true) return 'foreign';
    await lambda.send(new DeleteLambdaCommand({ FunctionName }));
    return 'gone';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'gone';
    if (isReplicated(error)) return 'replicated';
    throw translateError(error, {
      action: 'lambda:DeleteFunction',
      resource: `function ${FunctionName}`,
    });
  }
}

/** Lambda has no code of its own for it (observed by everybody who deletes one too early). */
function isReplicated(error: unknown): boolean {
  return (
    error instanceof InvalidParameterValueException && /replicated function/.test(error.message)
  );
}

/** undefined: none of them is there. */
function withoutFunctions(
  config: DistributionConfig,
  names: readonly string[],
): DistributionConfig | undefined {
  const { DefaultCacheBehavior: fallback, CacheBehaviors: others } = config;
  const behaviours = [fallback, ...(others?.Items ?? [])];
  if (
    !behaviours.some((behaviour) => listFunctions(behaviour).some((arn) => isNamed(arn, names)))
  ) {
    return undefined;
  }
  return {
    ...config,
    DefaultCacheBehavior: strip(required(fallback, 'the default behaviour'), names),
    CacheBehaviors: others?.Items && {
      ...others,
      Items: others.Items.map((behaviour) => strip(behaviour, names)),
    },
  };
}

function listFunctions(behaviour: DefaultCacheBehavior | undefined): readonly string[] {
  return [
    ...(behaviour?.FunctionAssociations?.Items ?? []).map(({ FunctionARN }) => FunctionARN ?? ''),
    ...(behaviour?.LambdaFunctionAssociations?.Items ?? []).map(
      ({ LambdaFunctionARN }) => LambdaFunctionARN ?? '',
    ),
  ];
}

function strip<T extends DefaultCacheBehavior>(behaviour: T, names: readonly string[]): T {
  const functions = (behaviour.FunctionAssociations?.Items ?? []).filter(
    ({ FunctionARN }) => !isNamed(FunctionARN ?? '', names),
  );
  const lambdas = (behaviour.LambdaFunctionAssociations?.Items ?? []).filter(
    ({ LambdaFunctionARN }) => !isNamed(LambdaFunctionARN ?? '', names),
  );
  return {
    ...behaviour,
    FunctionAssociations: { Quantity: functions.length, Items: functions },
    LambdaFunctionAssociations: { Quantity: lambdas.length, Items: lambdas },
  };
}
