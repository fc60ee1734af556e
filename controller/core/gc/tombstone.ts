/** What a collection leaves in the place of a manifest: from when on nothing needed those files, and the way back. */
import * as z from 'zod';

export const TOMBSTONE_VERSION = 1;

/** Of pooled files that no manifest ever named; no build's name begins with a dot. */
export const POOL = '.pool';

const tombstone = z.object({
  version: z.literal(TOMBSTONE_VERSION),
  /** Or `POOL`. */
  build: z.string(),
  /** ISO 8601. */
  at: z.iso.datetime({ offset: true }),
  why: z.string(),
  /** The manifest's object, base64; absent: there was none, an upload that was given up. */
  manifest: z.string().optional(),
  /** Keys of its pooled files that were there: without one of them there is no way back. */
  pooled: z.array(z.string()),
  /** How many files were below its own prefix, its manifest not counted: with fewer there is none either. */
  own: z.number(),
});

/** At `<app>/gc/<build>.json`. */
export type Tombstone = z.infer<typeof tombstone>;

/** Throws (SyntaxError or ZodError) on what is no tombstone of this version. */
export function parseTombstone(text: string): Tombstone {
  return tombstone.parse(JSON.parse(text));
}
