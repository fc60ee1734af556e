import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { changeDistribution, type Made, readStatus } from '../distribution.ts';
import { observe } from '../observe.ts';
import { seconds } from '../wait.ts';
import { composeMarker, MARKER } from './code.ts';
import { changeConfig } from './config.ts';
import type { EdgeFunction } from './function.ts';
import { POLL_MILLISECONDS, type Visit } from './site.ts';

const LATEST_MILLISECONDS = 900_000;
/** That the new is there to stay: so many answers with it, one after the other. */
const STEADY = 10;
const PATH = '/change/page';

export interface Changing {
  readonly cloudfront: CloudFrontClient;
  readonly signal: AbortSignal;
  readonly made: Made;
  /** How long the first deployment took. */
  readonly deployed: string;
  readonly visit: Visit;
  /** What marks answers before the change, and after it. */
  readonly marker: EdgeFunction;
  readonly next: EdgeFunction;
}

/** How changes of functions and of a distribution come to the edge, as seen from one place. */
export async function lookAtChanges(ground: Changing): Promise<readonly Measured[]> {
  const { visit, marker } = ground;
  const version = await observe('first-version-at-once', async () => {
    const first = await watch(visit, { isNew: ({ mark }) => mark === 'first' });
    await marker.write(composeMarker('second'));
    await marker.publish();
    const second = await watch(visit, { isNew: ({ mark }) => mark === 'second' });
    const holds = first.old === 0 && first.odd === 0 && second.odd === 0;
    const evidence = `first version: ${first.old} answers without it; second one: after ${second.after}, ${second.old} answers had the first one, ${second.odd} neither`;
    return [holds, `${evidence}; seen from one place`];
  });
  return [version, ...(await lookAtDistribution(ground))];
}

async function lookAtDistribution(ground: Changing): Promise<readonly Measured[]> {
  const { cloudfront, signal, made, visit, next, deployed } = ground;
  signal.throwIfAborted();
  let seen: Watched | undefined;
  let early = false;
  const progress = await observe('distribution-progress', async () => {
    const { status } = await changeDistribution(cloudfront, made.id, (config) =>
      changeConfig(config, next.arn),
    );
    seen = await watch(visit, {
      isNew: ({ mark, body }) => mark === 'third' && body === 'new',
      isOld: ({ mark, body }) => mark === 'second' && body === 'old',
      // Asked after the answer: what was new then was new before this.
      firstNew: async () => {
        early = (await readStatus(cloudfront, made.id)) === 'InProgress';
      },
    });
    // When one place has it says nothing of it: CloudFront goes from place to place.
    const holds = made.status === 'InProgress' && status === 'InProgress';
    const when = early ? 'while it was InProgress still' : 'once it was Deployed';
    const evidence = `new: ${made.status}, Deployed after ${deployed}; changed: ${status}, the edge had it after ${seen.after}, ${when}`;
    return [holds, evidence];
  });
  const whole = await observe('half-a-change', async () => {
    if (seen === undefined) throw new Error('the change was never seen');
    const { answers, odd } = seen;
    return [odd === 0, `of ${answers} answers, from one place, ${odd} had half of a change`];
  });
  return [progress, whole];
}

interface Sight {
  readonly mark: string | undefined;
  readonly body: string;
}

interface Watching {
  isNew(sight: Sight): boolean;
  /** What is neither is odd. Default: whatever was marked. */
  isOld?(sight: Sight): boolean;
  firstNew?(): Promise<void>;
}

interface Watched {
  readonly answers: number;
  readonly old: number;
  readonly odd: number;
  /** Until the first answer with the new. */
  readonly after: string;
}

/** Asks until all answers have the new. */
async function watch(
  visit: Visit,
  { isNew, isOld = ({ mark }) => mark !== undefined, firstNew }: Watching,
): Promise<Watched> {
  const begun = performance.now();
  const count = { answers: 0, old: 0, odd: 0 };
  let after: string | undefined;
  for (let steady = 0; steady < STEADY;) {
    const taken = performance.now() - begun;
    if (taken > LATEST_MILLISECONDS) throw new Error('the new was never there to stay');
    const { headers, body } = await visit(PATH);
    const sight = { mark: headers[MARKER], body };
    count.answers += 1;
    if (isNew(sight)) {
      steady += 1;
      if (after === undefined) await firstNew?.();
      after ??= seconds(taken);
      continue;
    }
    steady = 0;
    if (isOld(sight)) count.old += 1;
    else count.odd += 1;
    await sleep(POLL_MILLISECONDS);
  }
  return { ...count, after: String(after) };
}
