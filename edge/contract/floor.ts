import type { FloorTable } from './route.ts';

/** Bytes of a composed floor table, outside the bundle's hash and byte budget. */
export const FLOOR_BYTES_LIMIT = 2000;

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
