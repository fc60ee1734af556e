import * as z from 'zod';
import { BUILD_PATTERN } from '../state/build.ts';

const latest = z.object({ build: z.string().regex(BUILD_PATTERN), at: z.iso.datetime() });

/** At `<app>/publish/latest.json`: which build was published last, and when. Nothing depends on it. */
type Latest = z.infer<typeof latest>;

export function renderLatest({ build, at }: Latest): string {
  return `${JSON.stringify({ build, at })}\n`;
}

/** undefined: whoever wrote that, it is no hint. */
export function readLatest(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return latest.parse(JSON.parse(text)).build;
  } catch {
    // A hint is worth a few requests at most: without one they are spent.
    return undefined;
  }
}

/** The newest first, as far as numbers tell: `1043` before `999`. */
export function sortNewest(builds: readonly string[]): readonly string[] {
  const order = new Intl.Collator('en', { numeric: true });
  return builds.toSorted((a, b) => order.compare(b, a));
}
