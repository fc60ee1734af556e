import { expect, test } from 'vitest';
import {
  chooseParts,
  type Choice,
} from '../../../../../controller/core/doctor/probe/choose-parts.ts';
import { UsageError } from '../../../../../controller/core/errors.ts';

function choose(choice: Partial<Choice>): readonly string[] {
  return chooseParts({ also: undefined, only: undefined, ...choice }).map(({ name }) => name);
}

test('the usual parts come unasked, others beside them or in their place', () => {
  const usual = choose({});
  expect(usual).toContain('edge');
  expect(usual).not.toContain('roles');
  expect(choose({ also: 'table, roles' })).toEqual([...usual, 'roles', 'table']);
  expect(choose({ only: 'roles' })).toEqual(['roles']);
  expect(choose({ also: 'all' })).toEqual(choose({ only: 'all' }));
  expect(choose({ also: 'all' }).length).toBeGreaterThan(usual.length);
});

test.each([{ also: 'rolls' }, { only: '' }, { also: 'roles', only: 'table' }])(
  'refuses %j',
  (choice) => {
    expect(() => choose(choice)).toThrow(UsageError);
  },
);
