import { RefusedError } from '../../core/errors.ts';
import { splitUnfinished, type UnfinishedTold } from '../../core/gc/unfinished.ts';
import type { Context } from '../../ports/context.ts';
import type { UnfinishedUploads } from '../../ports/unfinished-uploads.ts';

export interface UnfinishedRequest {
  readonly app: string;
  readonly uploads: UnfinishedUploads;
  readonly graceSeconds: number;
  /** Builds whose publishes were under way when the collection began. */
  readonly publishing: readonly string[];
  /** false: a dry run. */
  readonly isApplied: boolean;
}

/** Aborts what publishes began to send in parts and never completed. */
export async function collectUnfinished(
  { app, uploads, graceSeconds, publishing, isApplied }: UnfinishedRequest,
  { clock }: Pick<Context, 'clock'>,
): Promise<UnfinishedTold> {
  const { found, isWhole } = await uploads.list(`${app}/`);
  if (!isWhole) {
    throw new RefusedError(
      `The listing of unfinished uploads below ${app}/ was cut short, so none is aborted.`,
      'Run it again; builds were collected.',
    );
  }
  const split = splitUnfinished(found, { app, publishing, now: clock.now(), graceSeconds });
  if (isApplied) for (const upload of split.givenUp) await uploads.abort(upload);
  return { app, isApplied, ...split };
}
