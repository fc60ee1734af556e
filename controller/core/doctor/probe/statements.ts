import { CLOUD_STATEMENTS } from './cloud-statements.ts';
import { EDGE_STATEMENTS } from './edge-statements.ts';
import { LAMBDA_EDGE_STATEMENTS } from './lambda-edge-statements.ts';
import { OTHER_STATEMENTS } from './other-statements.ts';
import type { Statement } from './statement.ts';
import { WATCH_STATEMENTS } from './watch-statements.ts';

/** All that the pages mark as assumed; a test compares them. */
export const STATEMENTS: readonly Statement[] = [
  ...CLOUD_STATEMENTS,
  ...WATCH_STATEMENTS,
  ...EDGE_STATEMENTS,
  ...LAMBDA_EDGE_STATEMENTS,
  ...OTHER_STATEMENTS,
];
