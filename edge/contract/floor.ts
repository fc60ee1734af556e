import type { EdgeFeature } from './features.ts';
import type { FloorTable } from './route.ts';

/** Bytes that a floor table may take behind code with these features, outside its hash and byte budget. */
export function floorBytesLimit(features: readonly EdgeFeature[]): number {
  // Both share CloudFront's 10,000, and with a beacon all features together take more than 8,000.
  return features.indexOf('beacon') < 0 ? 2000 : 1600;
}

// After the code and not before it, so that the `import` stays the first line: every AWS example has it there.
// And `var`: njs 0.7.9 finds a later `const` uninitialised when the function runs.
const OPENING = '\nvar HEADGATE_FLOOR=';
const CLOSING = ';\n';

/** The function as it is published: `code`, then the floor table as its last line. */
export function withFloor(code: string, table: FloorTable): string {
  return code + OPENING + JSON.stringify(table) + CLOSING;
}

/**
 * Undoes `withFloor` byte for byte: hash `code`, compare `floor`. Code without a table, or with one
 * that was edited by hand, has an empty one.
 */
export function splitFloor(published: string): { floor: FloorTable; code: string } {
  const start = published.lastIndexOf(OPENING);
  if (start < 0) return { floor: {}, code: published };
  const json = published.slice(start + OPENING.length, -CLOSING.length);
  try {
    return { floor: JSON.parse(json) as FloorTable, code: published.slice(0, start) };
  } catch {
    return { floor: {}, code: published };
  }
}
