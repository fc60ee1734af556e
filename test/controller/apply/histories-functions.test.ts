import { it } from 'vitest';
import { GROUP } from '../../fakes/world/policies.ts';
import { checkHistories, PATIENCE } from './histories/check-histories.ts';

it(
  'keeps its promises whatever happens, in whatever order: CloudFront Functions',
  () => checkHistories({ group: GROUP }, { few: 225, many: 5000 }),
  PATIENCE,
);
