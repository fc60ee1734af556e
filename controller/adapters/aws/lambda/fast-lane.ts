import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { parseReplies } from '../../../core/fast-lane/reply.ts';
import { renderRequest } from '../../../core/fast-lane/request.ts';
import { UsageError } from '../../../core/errors.ts';
import type { FastLane } from '../../../ports/fast-lane.ts';
import { buildClientConfig, GLOBAL_REGION } from '../client-config.ts';
import { readText } from '../fields.ts';
import { translateError } from '../translate-error.ts';

/** Milliseconds; the function may take five minutes. */
const LONGEST = 310_000;

export function createFastLane(): FastLane {
  return {
    async askForRollback(name, request) {
      const { payload, failure } = await invoke(name, renderRequest(request));
      const output = parse(payload);
      if (failure !== undefined) {
        throw new UsageError(
          `The function ${name} failed: ${readText(output, 'errorMessage') ?? failure}`,
          'Its log says more. With permissions of your own: headgate rollback without --via.',
        );
      }
      const replies = parseReplies(output);
      if (replies !== undefined) return replies;
      throw new UsageError(
        `The function ${name} did not answer what was asked: it is another one, or older than this version.`,
        'headgate bootstrap --deploy brings it up to date.',
      );
    },
  };
}

async function invoke(name: string, payload: string) {
  const client = createClient(name);
  try {
    const command = new InvokeCommand({ FunctionName: name, Payload: payload });
    const answer = await client.send(command);
    const text = Buffer.from(answer.Payload ?? []).toString('utf8');
    return { payload: text, failure: answer.FunctionError };
  } catch (error) {
    throw translateError(error, { action: 'lambda:InvokeFunction', resource: `function ${name}` });
  } finally {
    client.destroy();
  }
}

/** An ARN tells the region; a name is one of the home stack. */
function createClient(name: string): LambdaClient {
  const [, , , region] = name.split(':');
  const config = buildClientConfig(region ?? GLOBAL_REGION);
  const requestHandler = { ...config.requestHandler, socketTimeout: LONGEST };
  return new LambdaClient({ ...config, requestHandler });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
