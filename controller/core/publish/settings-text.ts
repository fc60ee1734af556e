import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DIGEST_LENGTH } from '../state/build.ts';
import type { HeaderRule, PublishSettings } from '../state/manifest.ts';

const patterns = z.array(z.string());

export const settingsSchema = z.object({
  spa: z.boolean(),
  pool: z.object({ include: patterns, exclude: patterns }),
  layout: z.enum(['pool', 'tree']).optional(),
  root: z.string().optional(),
  headers: z
    .array(
      z.object({
        files: z.string(),
        cache: z.enum(['immutable', 'mutable']).optional(),
        type: z.string().optional(),
      }),
    )
    .optional(),
  sourceMaps: z.enum(['private', 'public']).optional(),
});

/** The same settings with their fields in one order and no defaults, so that equal ones give equal text. */
export function orderSettings(settings: PublishSettings): PublishSettings {
  const { spa, pool, layout, root, headers = [], sourceMaps } = settings;
  const { include, exclude } = pool;
  return {
    spa,
    pool: { include, exclude },
    ...(layout === 'tree' && { layout }),
    ...(root !== undefined && { root }),
    ...(headers.length > 0 && { headers: headers.map(orderRule) }),
    ...(sourceMaps === 'public' && { sourceMaps }),
  };
}

function orderRule({ files, cache, type }: HeaderRule): HeaderRule {
  return { files, ...(cache !== undefined && { cache }), ...(type !== undefined && { type }) };
}

export function renderSettings(settings: PublishSettings): string {
  return `${JSON.stringify(orderSettings(settings), null, 2)}\n`;
}

/** Throws (SyntaxError or ZodError) on text that is no settings file. */
export function parseSettings(text: string): PublishSettings {
  return settingsSchema.parse(JSON.parse(text));
}

/** First 16 hex digits of the SHA-256 of the settings as they are stored. */
export function settingsDigestOf(settings: PublishSettings): string {
  return createHash('sha256')
    .update(renderSettings(settings))
    .digest('hex')
    .slice(0, DIGEST_LENGTH);
}
