import fc from 'fast-check';
import type { Fault } from './scheduler.ts';

/** One thing that happens to an environment, or one more look at those under way. */
export type Happening = { readonly on?: number } & (
  | { readonly do: 'publish'; readonly build: string }
  | { readonly do: 'alarm'; readonly which: 0 | 1; readonly state: 'OK' | 'ALARM' | 'SILENT' }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'start'; readonly who: Who; readonly fault: PlannedFault | undefined }
  /** A run with nobody else about. */
  | { readonly do: 'alone' }
  | { readonly do: 'go'; readonly steps: number }
  | { readonly do: 'crash'; readonly who: number }
  | { readonly do: 'lose'; readonly what: 'served' | 'record' | 'history' }
  | { readonly do: 'tamper' }
  | { readonly do: 'elsewhere'; readonly build: string }
  | { readonly do: 'edit'; readonly what: Edit; readonly isOfAll?: true }
);

export interface PlannedFault {
  readonly kind: Fault;
  readonly nth: number;
}

/** `stale`: with the policy as it was some edits ago. */
export type Who = 'reconcile' | 'stale' | 'alarm' | 'person' | 'person-to' | 'pause' | 'resume';

export type Edit =
  | { readonly set: 'build'; readonly build: string }
  | { readonly set: 'steps'; readonly steps: number }
  | { readonly set: 'approve'; readonly isRight: boolean }
  | { readonly set: 'requires' | 'freeze' | 'fastTrack'; readonly on: boolean }
  | { readonly set: 'guard'; readonly guard: number }
  | { readonly set: 'breaker-lift' }
  | { readonly set: 'lift'; readonly guess: boolean }
  | { readonly set: 'cohorts' | 'split'; readonly build: string | undefined };

export const BUILDS = ['1', '2', '3', '4', '5'];

const build = fc.constantFrom(...BUILDS);
const one = <const Kind extends string>(kind: Kind) => fc.constant(kind);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ set: one('build'), build }) },
  { weight: 2, arbitrary: fc.record({ set: one('steps'), steps: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ set: one('approve'), isRight: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      set: fc.constantFrom('requires', 'freeze', 'fastTrack'),
      on: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ set: one('guard'), guard: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ set: one('breaker-lift') }) },
  { weight: 3, arbitrary: fc.record({ set: one('lift'), guess: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      set: fc.constantFrom('cohorts', 'split'),
      build: fc.option(build, { nil: undefined }),
    }),
  },
) as fc.Arbitrary<Edit>;

const fault: fc.Arbitrary<PlannedFault | undefined> = fc.option(
  fc.record({
    kind: fc.constantFrom('refused', 'lost', 'repeated'),
    nth: fc.integer({ min: 1, max: 6 }),
  }),
  { nil: undefined, freq: 3 },
) as fc.Arbitrary<PlannedFault | undefined>;

const WHO: readonly Who[] = [
  ...Array.from({ length: 8 }, () => 'reconcile' as const),
  ...Array.from({ length: 3 }, () => 'alarm' as const),
  'stale',
  'person',
  'person-to',
  'pause',
  'resume',
  'resume',
];

const middle = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: one('edit'), what: edit }) },
    { weight: 2, arbitrary: fc.record({ do: one('publish'), build }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: one('alarm'),
        which: fc.constantFrom(0, 0, 1),
        state: fc.constantFrom('OK', 'OK', 'ALARM', 'ALARM', 'SILENT'),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: one('pass'),
        seconds: fc.constantFrom(1, 61, 61, 121, 121, 301, 3600, 90_000),
      }),
    },
    { weight: 9, arbitrary: fc.record({ do: one('start'), who: fc.constantFrom(...WHO), fault }) },
    { weight: 8, arbitrary: fc.record({ do: one('alone') }) },
    {
      weight: 9,
      arbitrary: fc.record({ do: one('go'), steps: fc.integer({ min: 1, max: 60 }) }),
    },
    { weight: 3, arbitrary: fc.record({ do: one('crash'), who: fc.nat(3) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: one('lose'),
        what: fc.constantFrom('served', 'record', 'history'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: one('tamper') }) },
    { weight: 1, arbitrary: fc.record({ do: one('elsewhere'), build }) },
  ) as fc.Arbitrary<Happening>,
  { minLength: 8, maxLength: 26, size: 'max' },
);

const START: readonly Happening[] = [
  { do: 'edit', what: { set: 'build', build: '2' } },
  { do: 'alone' },
];

/** Where it begins: nothing released; build 1; build 2 at its first step, which may hold for approval. */
const beginnings: readonly (readonly Happening[])[] = [
  [],
  [{ do: 'alone' }],
  [{ do: 'alone' }, ...START],
  [{ do: 'alone' }, { do: 'edit', what: { set: 'steps', steps: 2 } }, ...START],
];
const STEP: readonly Happening[] = [{ do: 'pass', seconds: 61 }, { do: 'alone' }];

/** To one environment. */
export const happenings: fc.Arbitrary<readonly Happening[]> = fc
  .record({ beginning: fc.constantFrom(0, 1, 2, 2, 2, 3), steps: fc.nat(3), middle })
  .map(({ beginning, steps, middle: rest }) => [
    ...(beginnings[beginning] ?? []),
    ...(beginning === 2 ? Array.from({ length: steps }, () => STEP).flat() : []),
    ...rest,
  ]);

const ofAll: Happening = { do: 'edit', what: { set: 'build', build: '2' }, isOfAll: true };
const together: readonly (readonly Happening[])[] = [
  [{ do: 'alone' }],
  [{ do: 'alone' }, ofAll, { do: 'alone' }],
  [{ do: 'alone' }, ofAll, { do: 'alone' }, ...STEP],
];

/** To two that move together: most edits of what is released are of both, as in one pull request. */
export const happeningsTogether: fc.Arbitrary<readonly Happening[]> = fc
  .record({
    beginning: fc.constantFrom(0, 1, 1, 2),
    middle,
    places: fc.array(fc.nat(3), { minLength: 26, maxLength: 26 }),
  })
  .map(({ beginning, middle: rest, places }) => [
    ...(together[beginning] ?? []),
    ...rest.map((event, index) => {
      const place = places[index] ?? 0;
      // Steps that differ are an issue of the policy.
      const isOfAll = event.do === 'edit' && (place > 1 || event.what.set === 'steps');
      return { ...event, on: place % 2, ...(isOfAll && { isOfAll }) };
    }),
  ]);
