import type { S3Client } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { buildClientConfig } from '../../controller/adapters/aws/client-config.ts';
import type { UploadStore } from '../../controller/ports/upload-store.ts';
import { refuse } from '../fakes/s3-faults.ts';
import { openFaulty } from './upload-engine.ts';
import { makeUpload } from './upload-store.ts';

const AT_ONCE = 100;
/** More than go out at once: those of the second window find that it is still too much. The SDK tries no 100 times again. */
const REFUSALS = 70;
/** Turns of the event loop, each of some milliseconds, without a new request: all that go out together have. */
const QUIET = 20;
const TURN_MILLISECONDS = 5;

/** How every UploadStore finds out how many requests at once S3 takes. */
export async function checkUploadWindow(
  create: (client: S3Client, bucket: string) => UploadStore,
): Promise<void> {
  const { s3, store, close } = await openFaulty(
    create,
    buildClientConfig(undefined).requestHandler,
  );
  const refused = new Set<string>();
  const held: (() => void)[] = [];
  /** How many were in flight, each time that no more came. */
  const waves: { readonly inFlight: number; readonly refusals: number }[] = [];
  let isBusy = false;
  let turnsLeft = 0;
  const answerAll = () => {
    waves.push({ inFlight: held.length, refusals: refused.size });
    for (const answer of held.splice(0)) answer();
  };
  // Not one long timer: a busy machine may let that pass before the process has read what was sent.
  const turn = () => {
    turnsLeft -= 1;
    if (turnsLeft > 0) setTimeout(turn, TURN_MILLISECONDS);
    else answerAll();
  };
  s3.guard(({ path }) => (call) => {
    const slow = isBusy && refused.size < REFUSALS && !refused.has(path);
    if (slow) refused.add(path);
    held.push(() => {
      if (slow) refuse(503, 'SlowDown')(call);
      else call.response.writeHead(200, { etag: '"1"' }).end();
    });
    if (turnsLeft === 0) setTimeout(turn, TURN_MILLISECONDS);
    turnsLeft = QUIET;
  });
  const createMany = () =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, at) => store.create(makeUpload(`slow/${at}`))));
  await createMany();
  expect(waves[0]).toEqual({ inFlight: 64, refusals: 0 });
  waves.length = 0;
  isBusy = true;
  await createMany();
  const [first = 0, second = 0, third = 0] = waves.map(({ inFlight }) => inFlight);
  expect(first).toBeLessThanOrEqual(66);
  expect(second).toBe(first >> 1);
  // Half again, and one more for what went well in the same wave.
  expect(third).toBeLessThanOrEqual((second >> 1) + 1);
  expect(refused.size).toBe(REFUSALS);
  await close();
}
