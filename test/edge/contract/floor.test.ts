import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitFloor, withFloor } from '../../../edge/contract/floor.ts';
import type { FloorTable } from '../../../edge/contract/route.ts';

const tables = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,9}\.example$/),
  fc.tuple(fc.string(), fc.string(), fc.string(), fc.string()),
  { noNullPrototype: true },
) as fc.Arbitrary<FloorTable>;

it('comes apart into the same bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), tables, (code, floor) => {
      expect(splitFloor(withFloor(code, floor))).toEqual({ code, floor });
    }),
  );
});

it('leaves code without a table alone', () => {
  expect(splitFloor('function handler(){}\n')).toEqual({
    code: 'function handler(){}\n',
    floor: {},
  });
});

it('takes a table edited by hand for code, so that it is published anew', () => {
  const edited = withFloor('code', {}).trimEnd();
  expect(splitFloor(edited)).toEqual({ code: edited, floor: {} });
});
