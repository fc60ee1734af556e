import { RefusedError } from '../../core/errors.ts';
import { findGivenUp, type UnfinishedTold } from '../../core/gc/unfinished.ts';
import type { Context } from '../../ports/context.ts';
import type { UnfinishedUploads } from '../../ports/unfinished-uploads.ts';

export interface UnfinishedRequest {
  readonly app: string;
  readonly uploads: UnfinishedUploads;
  readonly graceSeconds: number;
  /** false: a dry run. */
  readonly isApplied: boolean;
}

/** Aborts what publishes began to send in parts and never completed. */
export async function collectUnfinished(
  { app, uploads, graceSeconds, isApplied }: UnfinishedRequest,
  { clock }: Pick<Context, 'clock'>,
): Promise<UnfinishedTold> {
  const { found, isWhole } = await uploads.list(`${app}/`);
  if (!isWhole) {
    throw new RefusedError(
      `The listing of unfinished uploads below ${app}/ was cut short, so none is aborted.`,
      'Run it again; builds were collected.',
    );
  }
  const givenUp = findGivenUp(found, { now: clock.now(), graceSeconds });
  if (isApplied) for (const upload of givenUp) await uploads.abort(upload);
  return { app, isApplied, givenUp, young: found.length - givenUp.length };
}
