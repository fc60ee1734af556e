/**
 * Who is at work with builds that no record names yet. Collections and publishes exclude each other as two
 * threads do with two flags: each writes its own (the lease, `gc/.running.json`) before it looks for the
 * other's. So one of them always sees the other, whichever of its requests was late.
 */
import * as z from 'zod';

const time = z.iso.datetime({ offset: true });

const publishLease = z.object({
  build: z.string(),
  /** Whose pooled files it trusts to be there. */
  base: z.string().nullish(),
  runner: z.string().optional(),
  at: time,
  expires: time,
});
const previewLease = z.object({ build: z.string(), expires: time });
const collectionLease = z.object({ token: z.string(), by: z.string(), at: time, expires: time });

/** At `<app>/leases/publish/<build>.json`, those of untrusted builds below `<app>/untrusted/`. */
export type PublishLease = z.infer<typeof publishLease>;
/** At `<app>/leases/preview/<build>.json`, those of untrusted builds below `<app>/untrusted/`. */
export type PreviewLease = z.infer<typeof previewLease>;
/** At `<app>/gc/.running.json`. */
export type CollectionLease = z.infer<typeof collectionLease>;

/** Throws (SyntaxError or ZodError) on what is no lease. */
export function parsePublishLease(text: string): PublishLease {
  return publishLease.parse(JSON.parse(text));
}

/** Throws (SyntaxError or ZodError) on what is no lease. */
export function parsePreviewLease(text: string): PreviewLease {
  return previewLease.parse(JSON.parse(text));
}

/** Throws (SyntaxError or ZodError) on what is no lease. */
export function parseCollectionLease(text: string): CollectionLease {
  return collectionLease.parse(JSON.parse(text));
}

/** Milliseconds. Who wrote a lease may have any clock: how long it is good for they know, and S3 since when. */
export function durationOf({ at, expires }: Pick<PublishLease, 'at' | 'expires'>): number {
  return Math.max(0, Date.parse(expires) - Date.parse(at));
}

/** S3 takes a signed request for so long (documented): the last one of a killed collection may still be on its way. */
export const REQUEST_SECONDS = 900;

/** Whether a collection may still delete something. Both times are of S3's clock. */
export function isRunning(
  lease: CollectionLease,
  { stored, now }: { readonly stored: Date; readonly now: Date },
): boolean {
  const end = stored.getTime() + durationOf(lease) + REQUEST_SECONDS * 1000;
  return now.getTime() < end;
}

/** For as long as a clock may be wrong, it counts on after its end. */
const CLOCK_SLACK_SECONDS = 300;

export function isLive({ expires }: { readonly expires: string }, now: Date): boolean {
  return now.getTime() < Date.parse(expires) + CLOCK_SLACK_SECONDS * 1000;
}
