import { describe, expect, it } from 'vitest';
import type { SeenLine } from '../../../../../controller/core/rollout/visitors/evidence.ts';
import { BEGIN, createCrowd, createRandom, judge, line, pickSlot } from './crowd.ts';

const FORGED = 100_000;
const MINUTES = 50;
const random = createRandom(4);
const ALIKE = { visitors: 4000, minutes: MINUTES, stable: 0.01, canary: 0.01 };
const honest = createCrowd(random, ALIKE);
/** One canary visitor of ten fails. */
const broken = createCrowd(random, { ...ALIKE, canary: 0.1 });

/** One client's requests, from the tenth minute on. */
function forge(make: (at: number, index: number) => readonly SeenLine[]): readonly SeenLine[] {
  return Array.from({ length: FORGED }).flatMap((_, index) =>
    make(BEGIN + 600_000 + index * 18, index),
  );
}

const ONE = pickSlot(random, 'canary');
const CANARIES = Array.from({ length: 5000 }, () => pickSlot(random, 'canary'));

const attacks: readonly (readonly [string, readonly SeenLine[], 'pass' | 'few' | 'unusable'])[] = [
  ['from one slot', forge((at) => [line('e', ONE, at)]), 'few'],
  ['from one slot that navigates', forge((at) => [line('n', ONE, at), line('e', ONE, at)]), 'few'],
  ['from slots drawn at random', forge((at) => [line('e', pickSlot(random), at)]), 'few'],
  [
    'from the slots of the canary',
    forge((at, index) => [line('e', CANARIES[index % CANARIES.length] ?? ONE, at)]),
    'unusable',
  ],
  [
    'from the slots of the canary, which navigate',
    forge((at, index) => {
      const slot = CANARIES[index % CANARIES.length] ?? ONE;
      return [line('n', slot, at), line('e', slot, at)];
    }),
    'unusable',
  ],
  [
    'from new visitors each time',
    forge((at) => {
      const slot = pickSlot(random);
      return [line('n', slot, at), line('e', slot, at)];
    }),
    'unusable',
  ],
  [
    'that all is well, from new visitors each time',
    forge((at) => {
      const slot = pickSlot(random);
      return [line('n', slot, at), line('o', slot, at)];
    }),
    'few',
  ],
  [
    'of builds that nobody serves',
    forge((at, index) => [
      { ...line('n', pickSlot(random), at), build: `b${index}` },
      { ...line('e', pickSlot(random), at), build: `b${index}` },
    ]),
    'few',
  ],
];

const NAMED: Readonly<Record<string, string>> = {
  'from the slots of the canary': 'more reports of visitors who never came',
  'from the slots of the canary, which navigate': "the canary's part of the visitors is not",
  'from new visitors each time': 'half of the visitors of stable meet errors',
};

// By name: the title of a row of the table would have all the lines in it.
describe.each(attacks.map(([name]) => name))('100,000 forged reports %s', (name) => {
  const [, forged = [], kind] = attacks.find(([one]) => one === name) ?? [];

  it('never fail a build that is like the other, and are called what they are', () => {
    const verdict = judge([...honest, ...forged], MINUTES + 3);
    expect(verdict.kind).toBe(kind);
    expect(verdict.evidence[0]).toContain(NAMED[name] ?? 'no evidence yet');
  });

  it('never let a broken build pass', () => {
    const verdict = judge([...broken, ...forged], MINUTES + 3).kind;
    expect(verdict).toMatch(kind === 'unusable' ? /fail|unusable/ : /fail/);
  });
});
