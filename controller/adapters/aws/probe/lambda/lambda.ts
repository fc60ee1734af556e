import { PublishVersionCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { observe, refusalToOwner, tell } from '../observe.ts';
import type { MeasurePart } from '../part-run.ts';
import { seconds, waitFor } from '../wait.ts';
import { createFunction } from './scratch-function.ts';

const CODE = 'exports.handler = async () => "probe";';
const MOST_MILLISECONDS = 300_000;

/** How Lambda settles changes, and what it numbers. */
export const measureLambda: MeasurePart = async (clients, run) => {
  const { lambda } = clients;
  const { signal, minute, add } = run;
  const made = await createFunction(clients, run, { suffix: 'lambda', code: CODE });
  const begun = Date.now();
  const change = new UpdateFunctionConfigurationCommand({
    FunctionName: made.name,
    Timeout: 5,
  });
  const refusal = await refusalToOwner(lambda.send(change));
  const early = await made.read();
  const settled = await waitFor(
    async () => {
      const { State, LastUpdateStatus } = await made.read();
      return State === 'Active' && LastUpdateStatus === 'Successful'
        ? Date.now() - begun
        : undefined;
    },
    { signal, pause: minute / 240, most: MOST_MILLISECONDS },
  );
  add(
    await observe('lambda-pending', async () => {
      if (settled === undefined) throw new Error('it never settled');
      const evidence = `made ${made.state}; a change right after that: ${tell(refusal)}; settled after ${seconds(settled)}`;
      const isConflict = refusal?.status === 409 && refusal.name === 'ResourceConflictException';
      // It may have been ready before anybody could ask.
      if (!isConflict && early.State === 'Active') throw new Error(`ready at once: ${evidence}`);
      return [made.state === 'Pending' && isConflict, evidence];
    }),
    await observe('lambda-revision', async () => {
      const { RevisionId: before } = await made.read();
      const order = new PublishVersionCommand({ FunctionName: made.name });
      const { Version } = await lambda.send(order);
      const { RevisionId: after } = await made.read();
      return [before === after, `version ${Version}: ${before} before, ${after} after`];
    }),
  );
};
