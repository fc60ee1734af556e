import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLOTS } from '../../../edge/contract/visitor-line.ts';
import { mix, readSlot } from '../../../edge/core/assign.ts';
import type { Viewer } from '../../../edge/core/visitor.ts';

const draw = (salt: number) => {
  const draws = new Uint16Array(SLOTS);
  for (let slot = 0; slot < SLOTS; slot++) draws[slot] = mix(slot, salt) % 10_000;
  return draws;
};

// Neighbours, as generations are.
const draws = [0, 57, 58].map(draw);

/** Points (hundredths of the whole) of all slots for which `holds`. */
const share = (holds: (slot: number) => boolean) => {
  let count = 0;
  for (let slot = 0; slot < SLOTS; slot++) if (holds(slot)) count++;
  return (count / SLOTS) * 100;
};
const inHalf = (drawn: Uint16Array, slot: number) => (drawn[slot] ?? 0) < 5000;

describe('mix', () => {
  it.each([1, 100, 2500, 5000, 9999])('gives %i basis points their share', (weight) => {
    for (const drawn of draws) {
      const given = share((slot) => (drawn[slot] ?? 0) < weight);
      expect(Math.abs(given - weight / 100)).toBeLessThan(0.2);
    }
  });

  // Independent halves share a quarter of all slots.
  it('picks other people for every salt', () => {
    for (const [index, one] of draws.entries()) {
      for (const other of draws.slice(index + 1)) {
        const both = share((slot) => inHalf(one, slot) && inHalf(other, slot));
        expect(Math.abs(both - 25)).toBeLessThan(0.2);
      }
    }
  });

  it('gives neighbouring slots unrelated draws', () => {
    for (const drawn of draws) {
      const both = share((slot) => inHalf(drawn, slot) && inHalf(drawn, slot + 1));
      expect(Math.abs(both - 25)).toBeLessThan(0.2);
    }
  });
});

describe('readSlot', () => {
  it('takes every slot from its cookie', () => {
    fc.assert(
      fc.property(fc.nat(SLOTS - 1), (slot) => {
        expect(readSlot(viewer(String(slot), 'any'))).toBe(slot);
      }),
    );
  });

  it('gives first visitors slots all over the range', () => {
    const parts = new Set<number>();
    for (let index = 0; index < 1000; index++) {
      const slot = readSlot(viewer('', `${index}-NfMzFTCBDNXY7Gxe8w==`));
      expect(slot).toBe(readSlot(viewer('x', `${index}-NfMzFTCBDNXY7Gxe8w==`)));
      parts.add(Math.floor((slot / SLOTS) * 100));
    }
    expect(parts.size).toBe(100);
    expect(Math.max(...parts)).toBe(99);
  });
});

const viewer = (slot: string, id: string): Viewer => ({
  headers: {},
  cookies: { hg_slot: { value: slot } },
  id,
  now: 0,
});
