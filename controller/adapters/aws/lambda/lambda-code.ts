import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  InvalidParameterValueException,
  InvokeCommand,
  paginateListVersionsByFunction,
  PublishVersionCommand,
  ResourceNotFoundException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type FunctionConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConflictError, RefusedError, UnansweredError, UsageError } from '../../../core/errors.ts';
import type {
  InvokeOutcome,
  LambdaCode,
  LambdaDraft,
  LambdaVersion,
} from '../../../ports/lambda-code.ts';
import { readText, required } from '../fields.ts';
import { translateError } from '../translate-error.ts';
import { archiveCode, digestArchive } from './archive.ts';
import { readFunction } from './read-function.ts';

/** What viewer events permit: 128 MB and 5 seconds. Lambda supports this Node.js until April 2028. */
const SETTINGS = {
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  MemorySize: 128,
  Timeout: 5,
} as const;

const POLL_MILLISECONDS = 250;
/** A change is done within seconds; one that takes longer is left to the next run. */
const POLLS = 240;

export function createLambdaCode(lambda: LambdaClient): LambdaCode {
  return {
    readLast: (name) => readLast(lambda, name),
    digest: async (code) => digestArchive(archiveCode(code)),

    async stage(draft) {
      const present = await readFunction(lambda, draft.name);
      if (present === undefined) await create(lambda, draft);
      else {
        refuseForeign(present, draft);
        await update(lambda, draft, present);
      }
      await waitUntilDone(lambda, { FunctionName: draft.name });
    },

    async invoke(name, event) {
      const command = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) });
      const answer = await attempt('InvokeFunction', name, () => lambda.send(command));
      const text = Buffer.from(answer.Payload ?? []).toString('utf8');
      return toOutcome(text, answer.FunctionError);
    },

    async publish(draft) {
      const CodeSha256 = digestArchive(archiveCode(draft.code));
      await refuseOther(lambda, draft, CodeSha256);
      const command = new PublishVersionCommand({
        FunctionName: draft.name,
        CodeSha256,
        Description: draft.description,
      });
      const published = await attempt('PublishVersion', draft.name, () => lambda.send(command));
      const { FunctionName: name, Version: Qualifier } = published;
      await waitUntilDone(lambda, { FunctionName: name ?? draft.name, Qualifier });
      return toVersion(published);
    },
  };
}

async function readLast(lambda: LambdaClient, name: string): Promise<LambdaVersion | undefined> {
  const versions: FunctionConfiguration[] = [];
  try {
    const input = { FunctionName: name };
    for await (const page of paginateListVersionsByFunction({ client: lambda }, input)) {
      versions.push(...(page.Versions ?? []));
    }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw explain(error, 'ListVersionsByFunction', name);
  }
  const numbered = versions.filter(({ Version }) => Version !== '$LATEST');
  const last = numbered.toSorted((a, b) => Number(b.Version) - Number(a.Version))[0];
  return last && toVersion(last);
}

function toVersion(version: FunctionConfiguration): LambdaVersion {
  const arn = required(version.FunctionArn, 'the ARN of a version');
  const number = required(version.Version, 'the number of a version');
  return {
    arn: arn.endsWith(`:${number}`) ? arn : `${arn}:${number}`,
    codeSha256: required(version.CodeSha256, 'the digest of a version'),
    role: required(version.Role, 'the role of a version'),
    isCurrent: isCurrent(version),
  };
}

function isCurrent(found: FunctionConfiguration): boolean {
  return (
    found.Runtime === SETTINGS.Runtime &&
    found.Timeout === SETTINGS.Timeout &&
    found.MemorySize === SETTINGS.MemorySize
  );
}

/** Its description is from when the function was made. */
function refuseForeign({ Description = '' }: FunctionConfiguration, { name }: LambdaDraft): void {
  if (Description.startsWith('headgate ')) return;
  throw new RefusedError(
    `There is a function ${name} in us-east-1 already that Headgate did not make: its description is "${Description}".`,
    'Give the edge group another name, or the function.',
  );
}

async function create(lambda: LambdaClient, draft: LambdaDraft): Promise<void> {
  const { name, role, description } = draft;
  const command = new CreateFunctionCommand({
    ...SETTINGS,
    FunctionName: name,
    Role: role,
    Description: description,
    Code: { ZipFile: archiveCode(draft.code) },
  });
  await attempt('CreateFunction', name, () => lambda.send(command));
}

/** Code and configuration change one after the other: Lambda refuses one while the other is under way. */
async function update(
  lambda: LambdaClient,
  draft: LambdaDraft,
  present: FunctionConfiguration,
): Promise<void> {
  const { name, role } = draft;
  await waitUntilDone(lambda, { FunctionName: name });
  if (present.Role !== role || !isCurrent(present)) {
    const { Runtime, MemorySize, Timeout } = SETTINGS;
    const settings = { FunctionName: name, Role: role, Runtime, MemorySize, Timeout };
    const command = new UpdateFunctionConfigurationCommand(settings);
    await attempt('UpdateFunctionConfiguration', name, () => lambda.send(command));
    await waitUntilDone(lambda, { FunctionName: name });
  }
  const archive = archiveCode(draft.code);
  if (present.CodeSha256 === digestArchive(archive)) return;
  const command = new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: archive });
  await attempt('UpdateFunctionCode', name, () => lambda.send(command));
}

/** Lambda compares the code with the digest it is given, and nothing else: the role is compared here. */
async function refuseOther(
  lambda: LambdaClient,
  { name, role }: LambdaDraft,
  codeSha256: string,
): Promise<void> {
  const staged = await readFunction(lambda, name);
  if (staged?.CodeSha256 === codeSha256 && staged.Role === role) return;
  throw new ConflictError(`Another run changed the function ${name} before it was published.`);
}

interface Version {
  readonly FunctionName: string;
  readonly Qualifier?: string | undefined;
}

/** A function that is `Pending`, or a change that is `InProgress`, can neither run nor be published. */
async function waitUntilDone(lambda: LambdaClient, version: Version): Promise<void> {
  const { FunctionName: name } = version;
  for (let poll = 0; poll < POLLS; poll++) {
    const command = new GetFunctionConfigurationCommand(version);
    const found = await attempt('GetFunctionConfiguration', name, () => lambda.send(command));
    const { State, LastUpdateStatus, StateReason, LastUpdateStatusReason } = found;
    if (State === 'Failed' || LastUpdateStatus === 'Failed') {
      throw new Error(`function ${name}: ${LastUpdateStatusReason ?? StateReason ?? 'failed'}`);
    }
    if (State !== 'Pending' && LastUpdateStatus !== 'InProgress') return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new UnansweredError(
    `Lambda is still working on the function ${name} after a minute.`,
    'Run the command again: it goes on from there.',
  );
}

/** What the handler returned. An error's payload says what was thrown. */
function toOutcome(text: string, failure: string | undefined): InvokeOutcome {
  const output = parseJson(text);
  if (failure === undefined) {
    return output === undefined
      ? { output, error: 'it returned nothing' }
      : { output, error: undefined };
  }
  return { output: undefined, error: readText(output, 'errorMessage') ?? failure };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

async function attempt<T>(verb: string, name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explain(error, verb, name);
  }
}

function explain(error: unknown, verb: string, name: string): Error {
  if (error instanceof InvalidParameterValueException && error.message.includes('role')) {
    return new UsageError(
      `Lambda refuses the role of function ${name}: ${error.message}`,
      'Correct `role` in edge.yaml: lambda.amazonaws.com and edgelambda.amazonaws.com must be trusted to assume it. A new role takes seconds to be known.',
    );
  }
  return translateError(error, { action: `lambda:${verb}`, resource: `function ${name}` });
}
