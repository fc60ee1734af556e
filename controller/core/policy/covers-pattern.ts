import { matchPattern } from '../../../edge/core/rewrite.ts';

/**
 * Whether `wide` matches every path that `narrow` does: `/a/*` covers `/a/b*` and `/a/?.js`. What a `*`
 * stands for may be empty or long, and is nothing that a pattern names; so may each be tried as such.
 */
export function coversPattern(wide: string, narrow: string): boolean {
  const long = '\0'.repeat(wide.length + 1);
  return ['', long].every((run) =>
    matchPattern(wide, narrow.replaceAll('?', '\0').replaceAll('*', run)),
  );
}
