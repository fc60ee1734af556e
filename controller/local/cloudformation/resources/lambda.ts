import { isDeepStrictEqual } from 'node:util';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import { defineResource, unlessMissing, type At } from './resource-type.ts';
import { Tags } from './tags.ts';

const functionShape = z.strictObject({
  FunctionName: z.string().optional(),
  Description: z.string().optional(),
  Role: z.string(),
  Runtime: z.enum(['nodejs20.x', 'nodejs22.x', 'nodejs24.x']),
  Handler: z.string(),
  Code: z.strictObject({
    ZipFile: z
      .string()
      .min(1)
      .max(4 * 1024 ** 2),
  }),
  Architectures: z
    .array(z.enum(['x86_64', 'arm64']))
    .length(1)
    .optional(),
  Timeout: z.int().min(1).max(900).optional(),
  MemorySize: z.int().min(128).max(10_240).optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()) }).optional(),
  Tags,
});

type FunctionProperties = z.output<typeof functionShape>;

/** Inline code is the one file `index.js`. */
function pack({ Code }: FunctionProperties): Uint8Array {
  return zipSync({ 'index.js': strToU8(Code.ZipFile) });
}

function settingsOf(properties: FunctionProperties) {
  const { Description, Role, Runtime, Handler, Timeout, MemorySize, Environment } = properties;
  return { Description, Role, Runtime, Handler, Timeout, MemorySize, Environment };
}

const FUNCTION = defineResource({
  type: 'AWS::Lambda::Function',
  shape: functionShape,
  attributes: ['Arn'],
  createOnly: ['FunctionName'],
  nameProperty: 'FunctionName',
  async create(properties, { clients, generatedName }) {
    const FunctionName = properties.FunctionName ?? generatedName.slice(-64);
    const { Architectures } = properties;
    const Code = { ZipFile: pack(properties) };
    const settings = { ...settingsOf(properties), FunctionName, Architectures, Code };
    await clients.lambda.send(new CreateFunctionCommand(settings));
    return FunctionName;
  },
  /** Code that is the same in both templates stays what somebody else made of it. */
  async update(FunctionName, { properties, former }, at) {
    const [wanted, before] = [settingsOf(properties), settingsOf(former)];
    if (!isDeepStrictEqual(wanted, before)) {
      // Without a description a function has an empty one, and so on: left out, it would stay.
      const defaults = {
        Description: '',
        Timeout: 3,
        MemorySize: 128,
        Environment: { Variables: {} },
      };
      const settings = { ...defaults, ...(JSON.parse(JSON.stringify(wanted)) as object) };
      await at.clients.lambda.send(
        new UpdateFunctionConfigurationCommand({ ...settings, FunctionName }),
      );
      while (!(await isSettled(FunctionName, at))) await at.wait();
    }
    if (!isDeepStrictEqual(properties.Code, former.Code)) {
      const ZipFile = pack(properties);
      await at.clients.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    }
  },
  settle: (FunctionName, _, at) => isSettled(FunctionName, at),
  async read(FunctionName, _, { clients }) {
    const command = new GetFunctionConfigurationCommand({ FunctionName });
    const found = await unlessMissing(clients.lambda.send(command));
    return found && { Arn: String(found.FunctionArn) };
  },
  async remove(FunctionName, _, { clients }) {
    await unlessMissing(clients.lambda.send(new DeleteFunctionCommand({ FunctionName })));
  },
});

async function isSettled(FunctionName: string, { clients }: At): Promise<boolean> {
  const command = new GetFunctionConfigurationCommand({ FunctionName });
  const { State, LastUpdateStatus = 'Successful' } = await clients.lambda.send(command);
  return State === 'Active' && LastUpdateStatus === 'Successful';
}

const PERMISSION = defineResource({
  type: 'AWS::Lambda::Permission',
  shape: z.strictObject({
    FunctionName: z.string(),
    Action: z.string(),
    Principal: z.string(),
    SourceArn: z.string().optional(),
    SourceAccount: z.string().optional(),
  }),
  createOnly: ['FunctionName', 'Action', 'Principal', 'SourceArn', 'SourceAccount'],
  async create(properties, { clients, generatedName }) {
    const StatementId = generatedName.slice(-100);
    await clients.lambda.send(new AddPermissionCommand({ ...properties, StatementId }));
    return StatementId;
  },
  async read(id, { FunctionName: name }, { clients }) {
    const command = new GetPolicyCommand({ FunctionName: String(name) });
    const { Policy = '' } = (await unlessMissing(clients.lambda.send(command))) ?? {};
    return Policy.includes(JSON.stringify(id)) ? {} : undefined;
  },
  async remove(StatementId, { FunctionName }, { clients }) {
    const command = new RemovePermissionCommand({ FunctionName, StatementId });
    await unlessMissing(clients.lambda.send(command));
  },
});

export const LAMBDA_TYPES = [FUNCTION, PERMISSION];
