import type { S3Client } from '@aws-sdk/client-s3';
import { readField, readText } from '../fields.ts';
import { isSlow } from './lean/verdict.ts';
import { Window } from './lean/window.ts';

const known = new WeakSet<S3Client>();

/** The SDK sends whatever it is given: this lets as much of it through at once as the lean engine sends, and less after SlowDown. */
export function limitRequests(client: S3Client): void {
  if (known.has(client)) return;
  known.add(client);
  const window = new Window();
  client.middlewareStack.add(
    (next) => async (args) => {
      const turn = await window.enter();
      let outcome: 'fine' | 'slow' | 'other' = 'fine';
      try {
        return await next(args);
      } catch (error) {
        const status = Number(readField(error, '$metadata', 'httpStatusCode') ?? 0);
        const isAnswer = status === 404 || status === 412;
        outcome = isSlow(readText(error, 'name') ?? '', status)
          ? 'slow'
          : isAnswer
            ? 'fine'
            : 'other';
        throw error;
      } finally {
        window.leave(turn, outcome);
      }
    },
    // Inside of what tries again: each try has a turn of its own, and none while it waits.
    { step: 'finalizeRequest', priority: 'low', name: 'limitRequests' },
  );
}
