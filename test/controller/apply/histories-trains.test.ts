import { it } from 'vitest';
import { GROUP } from '../../fakes/world/policies.ts';
import { checkHistories, PATIENCE } from './histories/check-histories.ts';

it(
  'keeps its promises whatever happens, in whatever order: two that move together',
  () => checkHistories({ group: GROUP, count: 2 }, { few: 25, many: 1500 }),
  PATIENCE,
);
