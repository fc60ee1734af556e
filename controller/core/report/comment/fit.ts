/** What is left out where not all of a text fits. */

/** A piece that stands or falls as a whole. */
export interface Part {
  readonly text: string;
  /** The highest go first; 0: it stays. */
  readonly rank: number;
  /** For the line that says what is missing: `detail`. */
  readonly what: string;
}

/** What every text has. */
export function always(text: string): Part {
  return { text, rank: 0, what: '' };
}

export interface Fitted {
  readonly kept: readonly Part[];
  readonly dropped: readonly Part[];
}

/**
 * The parts in their order, without the least important ones that are too many. Among equals the last one
 * goes first. `limit` is in bytes, which are never fewer than what GitHub counts.
 */
export function fitParts(parts: readonly Part[], limit: number): Fitted {
  let bytes = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  const order = parts
    .map((part, index) => ({ part, index }))
    .filter(({ part }) => part.rank > 0)
    .toSorted((a, b) => b.part.rank - a.part.rank || b.index - a.index);
  const dropped = new Set<Part>();
  for (const { part } of order) {
    if (bytes <= limit) break;
    bytes -= sizeOf(part);
    dropped.add(part);
  }
  return {
    kept: parts.filter((part) => !dropped.has(part)),
    dropped: parts.filter((part) => dropped.has(part)),
  };
}

/** With the line break that follows it. */
function sizeOf({ text }: Part): number {
  return Buffer.byteLength(text) + 1;
}
