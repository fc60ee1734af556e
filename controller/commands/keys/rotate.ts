import { signsFrom } from '../../../edge/contract/kid.ts';
import { RefusedError } from '../../core/errors.ts';
import { LIVE_KEYS, makeKid } from '../../core/tokens/rotation.ts';
import type { MasterKey } from '../../ports/key-store.ts';
import { readLiveKeys } from '../../read/keys.ts';
import { rotateRing } from './rotate-ring.ts';
import { createAlone, kidsOf, refuseEarlyDrop, type Job, type Rotation } from './rotation.ts';

/** Makes a new master key, which signs once the whole edge knows it. What is stored says how far a run came. */
export async function rotateKeys(job: Job): Promise<Rotation> {
  const { app, environment } = job.subject;
  const [masters, { store, key, value }] = await Promise.all([
    job.context.keys(app.region).read(app.app, environment.name),
    readLiveKeys(job.subject, job.context),
  ]);
  return store === undefined
    ? rotateMasters(job, masters)
    : rotateRing(job, masters, { store, key, value });
}

/** Lambda@Edge derives its keys itself, and lets a young one sign nothing: there is nothing to write but masters. */
async function rotateMasters(job: Job, masters: readonly MasterKey[]): Promise<Rotation> {
  const { subject, context } = job;
  const { app, environment, group } = subject;
  const kids = kidsOf(masters);
  const maxAge = group.runtime === 'lambda-edge' ? group.routeMaxAgeSeconds : 0;
  const begin = (kid = '') => new Date(signsFrom(kid, maxAge));
  const isLeftOver = kids.length > LIVE_KEYS;
  // Another one would push out the key that signs while this one is too young for it.
  if (!isLeftOver && kids.length === LIVE_KEYS && begin(kids[0]) > context.clock.now()) {
    throw new RefusedError(
      `The newest key of ${app.app}/${environment.name} signs from ${begin(kids[0]).toISOString()}: not every edge location may know it before.`,
      'Rotate again after that.',
    );
  }
  const all = isLeftOver ? kids : [makeKid(context.clock.now(), kids[0]), ...kids];
  refuseEarlyDrop(job, all);
  if (!isLeftOver) await createAlone(job, all[0] ?? '', kids);
  const dropped = all.slice(LIVE_KEYS);
  await context.keys(app.region).remove(app.app, environment.name, dropped);
  const outcome = isLeftOver ? 'finished' : 'rotated';
  const live = all.slice(0, LIVE_KEYS);
  const from = begin(live[0]);
  const isYoung = live.length === LIVE_KEYS && from > context.clock.now();
  return { outcome, live, dropped, ...(isYoung && { from: from.toISOString() }) };
}
