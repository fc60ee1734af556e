import {
  CreateFunctionCommand,
  DescribeFunctionCommand,
  GetFunctionCommand,
  NoSuchFunctionExists,
  PublishFunctionCommand,
  TestFunctionCommand,
  TestFunctionFailed,
  UpdateFunctionCommand,
  type CloudFrontClient,
  type FunctionStage,
} from '@aws-sdk/client-cloudfront';
import type { EdgeCode, FunctionDraft } from '../../../ports/edge-code.ts';
import { required } from '../fields.ts';
import type { FindStoreArn } from '../store-arns.ts';
import { translateError } from '../translate-error.ts';
import { buildFunctionConfig, isSameConfig, toTestOutcome } from './function.ts';

export function createEdgeCode(cloudfront: CloudFrontClient, findStoreArn: FindStoreArn): EdgeCode {
  return {
    async readLive(name) {
      const stage = await readStage(cloudfront, name, 'LIVE');
      return stage && { code: stage.code, comment: stage.config.Comment ?? '', arn: stage.arn };
    },

    async stage(draft) {
      const store = draft.store === undefined ? undefined : await findStoreArn(draft.store);
      const config = buildFunctionConfig(draft.comment, store);
      const staged = await readStage(cloudfront, draft.name, 'DEVELOPMENT');
      if (!staged) return create(cloudfront, draft, config);
      if (staged.code === draft.code && isSameConfig(staged.config, config)) return staged.revision;
      return update(cloudfront, draft, { config, revision: staged.revision });
    },

    async test(name, revision, event) {
      const test = new TestFunctionCommand({
        Name: name,
        IfMatch: revision,
        Stage: 'DEVELOPMENT',
        EventObject: Buffer.from(JSON.stringify(event)),
      });
      try {
        return toTestOutcome((await cloudfront.send(test)).TestResult);
      } catch (error) {
        if (!(error instanceof TestFunctionFailed)) throw explain(error, 'TestFunction', name);
        return { output: undefined, error: error.message, utilization: 0, logs: [] };
      }
    },

    async publish(name, revision) {
      try {
        const answer = await cloudfront.send(
          new PublishFunctionCommand({ Name: name, IfMatch: revision }),
        );
        return required(answer.FunctionSummary?.FunctionMetadata?.FunctionARN, 'a function ARN');
      } catch (error) {
        throw explain(error, 'PublishFunction', name);
      }
    },
  };
}

type Config = ReturnType<typeof buildFunctionConfig>;

async function readStage(cloudfront: CloudFrontClient, name: string, stage: FunctionStage) {
  try {
    const [described, got] = await Promise.all([
      cloudfront.send(new DescribeFunctionCommand({ Name: name, Stage: stage })),
      cloudfront.send(new GetFunctionCommand({ Name: name, Stage: stage })),
    ]);
    return {
      code: Buffer.from(required(got.FunctionCode, 'the code of a function')).toString('utf8'),
      config: required(described.FunctionSummary?.FunctionConfig, 'the config of a function'),
      arn: required(described.FunctionSummary?.FunctionMetadata?.FunctionARN, 'a function ARN'),
      revision: required(described.ETag, 'the ETag of a function'),
    };
  } catch (error) {
    if (error instanceof NoSuchFunctionExists) return undefined;
    throw explain(error, 'GetFunction', name);
  }
}

async function create(
  cloudfront: CloudFrontClient,
  { name, code }: FunctionDraft,
  config: Config,
): Promise<string> {
  const command = new CreateFunctionCommand({
    Name: name,
    FunctionConfig: config,
    FunctionCode: Buffer.from(code),
  });
  try {
    return required((await cloudfront.send(command)).ETag, 'the ETag of a function');
  } catch (error) {
    throw explain(error, 'CreateFunction', name);
  }
}

async function update(
  cloudfront: CloudFrontClient,
  { name, code }: FunctionDraft,
  { config, revision }: { readonly config: Config; readonly revision: string },
): Promise<string> {
  const command = new UpdateFunctionCommand({
    Name: name,
    IfMatch: revision,
    FunctionConfig: config,
    FunctionCode: Buffer.from(code),
  });
  try {
    const { ETag } = await cloudfront.send(command);
    return ETag ?? (await readRevision(cloudfront, name));
  } catch (error) {
    throw explain(error, 'UpdateFunction', name);
  }
}

/** AWS spells the header with UpdateFunction's ETag `ETtag`; the SDK misses it where it is spelled right. */
async function readRevision(cloudfront: CloudFrontClient, name: string): Promise<string> {
  const answer = await cloudfront.send(
    new DescribeFunctionCommand({ Name: name, Stage: 'DEVELOPMENT' }),
  );
  return required(answer.ETag, 'the ETag of a function');
}

function explain(error: unknown, verb: string, name: string): Error {
  return translateError(error, { action: `cloudfront:${verb}`, resource: `function ${name}` });
}
