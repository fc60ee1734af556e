import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  paginateFilterLogEvents,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LaneFunction } from '../../../core/doctor/lane-facts.ts';
import type { PolicyDocument } from '../../../core/iam/document.ts';
import type { Inspection } from '../../../ports/inspection.ts';
import { required } from '../fields.ts';
import type { Doing } from '../translate-error.ts';
import { ask, askOrNone } from './asking.ts';
import type { Clients } from './clients.ts';

type OfLane = Pick<Inspection, 'lane' | 'lanePermissions' | 'hasLogged'>;

const NONE = ['ResourceNotFoundException'];

export function inspectLane(clients: Pick<Clients, 'lambda' | 'logs'>): OfLane {
  return {
    lane: async (name) => readFunction(await clients.lambda(), name),
    async lanePermissions(name) {
      const client = await clients.lambda();
      const answer = await askOrNone(doing('GetPolicy', name), NONE, () =>
        client.send(new GetPolicyCommand({ FunctionName: name })),
      );
      return answer?.Policy === undefined
        ? undefined
        : (JSON.parse(answer.Policy) as PolicyDocument);
    },
    hasLogged: async (name, text, since) => findLine(await clients.logs(), { name, text, since }),
  };
}

function doing(verb: string, name: string): Doing {
  return { action: `lambda:${verb}`, resource: `function ${name}` };
}

async function readFunction(client: LambdaClient, name: string): Promise<LaneFunction | undefined> {
  const asked = { FunctionName: name };
  const found = await askOrNone(doing('GetFunctionConfiguration', name), NONE, () =>
    client.send(new GetFunctionConfigurationCommand(asked)),
  );
  if (found === undefined) return undefined;
  const concurrency = await ask(doing('GetFunctionConcurrency', name), () =>
    client.send(new GetFunctionConcurrencyCommand(asked)),
  );
  return {
    arn: required(found.FunctionArn, 'the ARN of a function').replace(/:\$LATEST$/, ''),
    codeBytes: required(found.CodeSize, 'the size of a function'),
    codeSha256: required(found.CodeSha256, 'the digest of a function'),
    reservedConcurrency: concurrency.ReservedConcurrentExecutions,
    runtime: found.Runtime ?? '',
    handler: found.Handler ?? '',
    seconds: required(found.Timeout, 'the time limit of a function'),
    megabytes: required(found.MemorySize, 'the memory of a function'),
    variables: found.Environment?.Variables ?? {},
  };
}

interface Line {
  readonly name: string;
  readonly text: string;
  readonly since: Date;
}

/** Of a function that has never run there is no log group. */
async function findLine(
  client: CloudWatchLogsClient,
  { name, text, since }: Line,
): Promise<boolean> {
  const logGroupName = `/aws/lambda/${name}`;
  const asked = { logGroupName, filterPattern: `"${text}"`, startTime: since.getTime() };
  const resource = `log group ${logGroupName}`;
  const found = await askOrNone({ action: 'logs:FilterLogEvents', resource }, NONE, async () => {
    // A page may be empty, and others follow (documented).
    for await (const { events = [] } of paginateFilterLogEvents({ client }, asked))
      if (events.some(({ message = '' }) => message.includes(text))) return true;
    return false;
  });
  return found ?? false;
}
