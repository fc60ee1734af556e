import { CLOUD_STATEMENTS } from './cloud-statements.ts';
import { EDGE_STATEMENTS } from './edge-statements.ts';
import { OTHER_STATEMENTS } from './other-statements.ts';
import type { Statement } from './statement.ts';

/** All that the pages mark as assumed; a test compares them. */
export const STATEMENTS: readonly Statement[] = [
  ...CLOUD_STATEMENTS,
  ...EDGE_STATEMENTS,
  ...OTHER_STATEMENTS,
];
