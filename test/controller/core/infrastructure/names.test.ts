import { expect, it } from 'vitest';
import {
  canaryAlarmName,
  idOf,
  ruleName,
} from '../../../../controller/core/infrastructure/names.ts';
import { setupOf } from '../../../../controller/core/policy/setup.ts';
import { readDemo } from './fixtures.ts';

const setup = setupOf(readDemo().policies);

/** Every two of them would be the same if their parts were only put together. */
const PLACES = [
  { app: 'shop', environment: 'admin-prod' },
  { app: 'shop-admin', environment: 'prod' },
  { app: 'shop', environment: 'adminprod' },
  { app: 'shopadmin', environment: 'prod' },
];

it.each([
  ['rule', (place: (typeof PLACES)[number]) => ruleName(setup, place)],
  ['alarm', (place: (typeof PLACES)[number]) => canaryAlarmName(setup, place)],
  ['logical id', ({ app, environment }: (typeof PLACES)[number]) => idOf('Of', app, environment)],
])('no two environments share the name of a %s', (_what, name) => {
  expect(new Set(PLACES.map(name)).size).toBe(PLACES.length);
});
