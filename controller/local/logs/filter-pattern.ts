import { BadPattern, type FilterPattern } from './pattern.ts';
import { readSpacePattern } from './space-pattern.ts';
import { readTermPattern } from './term-pattern.ts';

/** Reads a pattern of terms or of space-delimited fields. Throws BadPattern. */
export function readFilterPattern(text: string): FilterPattern {
  const trimmed = text.trim();
  if (trimmed.includes('%')) {
    throw new BadPattern('the local cloud imitates no regular expressions');
  }
  if (trimmed.startsWith('{')) {
    throw new BadPattern('the local cloud imitates no patterns of JSON');
  }
  return trimmed.startsWith('[') ? readSpacePattern(trimmed) : readTermPattern(trimmed);
}
