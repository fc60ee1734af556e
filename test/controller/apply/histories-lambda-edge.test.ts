import { it } from 'vitest';
import { LAMBDA_GROUP } from '../../fakes/world/policies.ts';
import { checkHistories, PATIENCE } from './histories/check-histories.ts';

it(
  'keeps its promises whatever happens, in whatever order: Lambda@Edge',
  () => checkHistories({ group: LAMBDA_GROUP }, { few: 250, many: 13_500 }),
  PATIENCE,
);
