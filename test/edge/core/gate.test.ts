import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../edge/contract/route.ts';
import { mix } from '../../../edge/core/assign.ts';
import type { Fields } from '../../../edge/core/fields.ts';
import { decide } from '../../../edge/core/decide.ts';
import { ADMIT_COOKIE, admit, meetGate } from '../../../edge/core/gate.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';
import { route } from '../../vectors/edge.ts';
import { gate } from '../../vectors/gate.ts';
import { keys, NOW, sign } from '../../vectors/tokens.ts';

type Cookies = Readonly<Record<string, string | readonly string[]>>;

interface Ask {
  readonly cookies?: Cookies;
  readonly headers?: Readonly<Record<string, string>>;
  readonly after?: number;
  readonly id?: string;
  readonly ring?: undefined;
}

/** What one visitor gets, and whether the keys were missed. */
function ask(change: Partial<Gate>, { cookies = {}, headers = {}, after = 0, ...rest }: Ask = {}) {
  const visitor: Visitor = {
    ...stranger,
    headers: toFields(headers),
    cookies: toFields(cookies),
    id: rest.id ?? 'a',
    now: NOW + after,
    keys: { ...keys, wanted: false, ...('ring' in rest ? { ring: rest.ring } : {}) },
  };
  const first = admit({ ...gate, ...change }, visitor);
  const wanted = visitor.keys?.wanted ?? false;
  // As every caller does, whether or not the keys could be had.
  return { wanted, admitted: wanted ? admit({ ...gate, ...change }, visitor) : first };
}

const stranger: Visitor = {
  path: '/shop/cart',
  query: '',
  ip: '',
  headers: {},
  cookies: {},
  id: 'a',
  now: NOW,
};

const passes = (change: Partial<Gate>, asking?: Ask) => ask(change, asking).admitted !== false;

/** The session cookie that a visitor is given; empty: none. */
const sessionOf = (change: Partial<Gate>, asking?: Ask): string =>
  (ask(change, asking).admitted || '').split(' ')[0] ?? '';

const priority = (generation: string, seconds = 60): Cookies => ({
  hg_priority: sign({ kind: 'v', fields: [generation, 'ada'], expiry: NOW + seconds }),
});
const RIGHT = priority('3');
const WRONG = { hg_priority: `${RIGHT['hg_priority'] as string}1` };

// https://github.com/jmcwhirter/visitor-prioritization, README: what its visitors must get.
describe('the acceptance cases of the visitor-prioritization sample', () => {
  it.each([
    ['accepting, rate 0, the right credential', { open: 1, rate: 0 }, RIGHT, true],
    ['accepting, rate 0, a wrong credential', { open: 1, rate: 0 }, WRONG, false],
    ['accepting, rate 0, no credential', { open: 1, rate: 0 }, {}, false],
    ['accepting, rate 100 %, no credential', { open: 1, rate: 10_000 }, {}, true],
    ['accepting, rate 100 %, a wrong credential', { open: 1, rate: 10_000 }, WRONG, true],
    ['accepting, rate 100 %, the right credential', { open: 1, rate: 10_000 }, RIGHT, true],
    ['closed, rate 100 %, no credential', { open: 0, rate: 10_000 }, {}, false],
    ['closed, rate 100 %, a wrong credential', { open: 0, rate: 10_000 }, WRONG, false],
    ['closed, rate 0, no credential', { open: 0, rate: 0 }, {}, false],
  ] as const)('%s', (_name, change, cookies, expected) => {
    expect(passes(change, { cookies })).toBe(expected);
  });

  it('gives half of all visitors the shop at rate 50 %', () => {
    expect(shareAt(5000)).toBeCloseTo(0.5, 2);
  });

  // On purpose, where the sample sends even paying visitors away: closing ends the entry, not the visits.
  it('differs when closed: priority and admitted visitors still pass', () => {
    expect(passes({ open: 0 }, { cookies: RIGHT })).toBe(true);
    const cookies = { [ADMIT_COOKIE]: sessionOf({ rate: 10_000 }) };
    expect(passes({ open: 0 }, { cookies })).toBe(true);
  });

  // On purpose, where the sample cuts the cookie at its second `=` and takes the last of two.
  it('differs for anything put behind the credential, and for a second one', () => {
    const right = RIGHT['hg_priority'] as string;
    expect(passes({}, { cookies: { hg_priority: `${right}=anything` } })).toBe(false);
    expect(passes({}, { cookies: { hg_priority: [right, 'x'] } })).toBe(true);
    expect(passes({}, { cookies: { hg_priority: ['x', right] } })).toBe(false);
  });
});

function shareAt(rate: number): number {
  const slots = 100_000;
  let admitted = 0;
  for (let slot = 0; slot < slots; slot++) {
    if (passes({ rate }, { cookies: { hg_slot: String(slot) }, ring: undefined })) admitted++;
  }
  return admitted / slots;
}

describe('the lottery', () => {
  it.each([0, 100, 4000, 10_000])('at rate %i admits as many of 10^5 slots', (rate) => {
    const share = shareAt(rate);
    expect(Math.abs(share - rate / 10_000)).toBeLessThan(rate % 10_000 === 0 ? 1e-9 : 0.005);
  });

  it('evicts nobody when the rate rises, and reloading never helps', () => {
    const steps = [0, 1, 250, 2500, 2501, 9000, 10_000];
    for (let slot = 0; slot < 2000; slot++) {
      const cookies = { hg_slot: String(slot) };
      const admitted = steps.map((rate) => passes({ rate }, { cookies }));
      expect(admitted.toSorted((one, other) => Number(one) - Number(other))).toEqual(admitted);
      expect(passes({ rate: 2500 }, { cookies, after: 9, id: 'b' })).toBe(admitted[3]);
    }
  });

  it.each([1, 100, 2500, 5000, 9000, 9999])(
    'serves a page of 30 requests whole or not at all at rate %i',
    (rate) => {
      for (let slot = 0; slot < 300; slot++) {
        let cookies: Cookies = { hg_slot: String(slot) };
        const served = Array.from({ length: 30 }, (_, after) => {
          const given = ask({ rate }, { cookies, after, id: String(after) }).admitted;
          if (given) cookies = { ...cookies, [ADMIT_COOKIE]: given.split(' ')[0] ?? '' };
          return given !== false;
        });
        expect(new Set(served).size).toBe(1);
      }
    },
  );

  it('is another one with another salt', () => {
    const slots = Array.from({ length: 2000 }, (_, slot) => ({ hg_slot: String(slot) }));
    const [one, other] = [11, 12].map((salt) =>
      slots.filter((cookies) => passes({ salt, rate: 5000 }, { cookies })),
    );
    const both = one?.filter((cookies) => other?.includes(cookies)) ?? [];
    expect(Math.abs(both.length - 500)).toBeLessThan(100);
  });
});

describe('a session', () => {
  const winner = Array.from({ length: 1e4 }, (_, slot) => slot).find(
    (slot) => mix(slot, gate.salt) % 10_000 < 100,
  );
  const admittedAt = (after: number, cookies: Cookies = { hg_slot: String(winner) }) => ({
    [ADMIT_COOKIE]: sessionOf({ rate: 100 }, { cookies, after }),
  });

  it('keeps its visitor when the rate falls, the gate closes, or the slot is lost', () => {
    const cookies = admittedAt(0);
    expect(passes({ rate: 0 }, { cookies })).toBe(true);
    expect(passes({ open: 0, rate: 0, salt: 99 }, { cookies })).toBe(true);
  });

  it('is signed anew once a tenth of its idle time is over, not with every request', () => {
    const cookies = admittedAt(0);
    expect(ask({}, { cookies, after: 179 }).admitted).toBe('');
    expect(ask({}, { cookies, after: 180 }).admitted).toMatch(/ 1800$/);
  });

  it('ends when idle, and lives on when used', () => {
    let cookies = admittedAt(0);
    expect(passes({}, { cookies, after: 1799 })).toBe(true);
    expect(passes({}, { cookies, after: 1800 })).toBe(false);
    for (let after = 1000; after < 43_200; after += 1000) {
      expect(passes({}, { cookies, after })).toBe(true);
      cookies = admittedAt(after, cookies);
    }
  });

  it('ends at its cap however it is used, and then draws anew', () => {
    const cap = 3000;
    const first = ask({ rate: 100, cap }, { cookies: { hg_slot: String(winner) } }).admitted || '';
    const second = ask(
      { cap },
      { cookies: { [ADMIT_COOKIE]: first.split(' ')[0] ?? '' }, after: 1500 },
    );
    expect(first).toMatch(/^1~s~k2~\d+~\d+~\d+~[\w-]{43} 1800$/);
    expect(second.admitted).toMatch(/ 1500$/);
    const cookies = {
      [ADMIT_COOKIE]: (second.admitted || '').split(' ')[0] ?? '',
      hg_slot: String(winner),
    };
    expect(passes({ cap }, { cookies, after: 2999 })).toBe(true);
    expect(passes({ cap }, { cookies, after: 3000 })).toBe(false);
    expect(passes({ cap: 2000 }, { cookies, after: 2000 })).toBe(false);
    expect(passes({ cap, rate: 100 }, { cookies, after: 3000 })).toBe(true);
  });

  it('is not the second of two cookies, nor for a credential of another kind, nor one that is signed for priority', () => {
    const session = admittedAt(0)[ADMIT_COOKIE] ?? '';
    expect(passes({}, { cookies: { [ADMIT_COOKIE]: ['x', session] } })).toBe(false);
    expect(passes({}, { cookies: { [ADMIT_COOKIE]: RIGHT['hg_priority'] ?? '' } })).toBe(false);
    expect(passes({}, { cookies: { hg_priority: session } })).toBe(false);
  });
});

describe('priority', () => {
  it('is revoked by generation and by time, with the next request', () => {
    expect(passes({ since: 4 }, { cookies: RIGHT })).toBe(false);
    expect(passes({ since: 4 }, { cookies: priority('4') })).toBe(true);
    expect(passes({}, { cookies: RIGHT, after: 60 })).toBe(false);
    // No session that would outlive it.
    expect(sessionOf({}, { cookies: RIGHT })).toBe('');
  });

  it('counts only where the gate names its cookie', () => {
    const { priority: _, ...without } = gate;
    const visitor = { ...stranger, cookies: toFields(RIGHT), keys };
    expect(admit(gate, visitor)).toBe('');
    expect(admit(without, visitor)).toBe(false);
  });
});

describe('keys', () => {
  const unknown = { ring: undefined };

  it('are missed only where a token is presented or a session is to be signed', () => {
    expect(ask({}, unknown).wanted).toBe(false);
    expect(
      ask({}, { ...unknown, cookies: { hg_priority: 'x', [ADMIT_COOKIE]: '1~p~' } }).wanted,
    ).toBe(false);
    expect(ask({}, { ...unknown, cookies: RIGHT, after: 60 }).wanted).toBe(false);
    expect(ask({}, { ...unknown, cookies: RIGHT }).wanted).toBe(true);
    expect(ask({ rate: 10_000 }, unknown).wanted).toBe(true);
  });

  it('that are unreadable let presented tokens pass until the time that the policy says', () => {
    const lost = { ring: undefined, cookies: RIGHT } as const;
    expect(passes({ until: NOW + 1 }, lost)).toBe(true);
    expect(passes({ until: NOW }, lost)).toBe(false);
    expect(passes({}, lost)).toBe(false);
    expect(passes({ until: NOW + 1 }, { ring: undefined })).toBe(false);
    expect(passes({ until: NOW + 1 }, { ...lost, cookies: { hg_priority: 'x' } })).toBe(false);
  });

  it('that are unreadable leave the lottery as it is, without sessions', () => {
    expect(ask({ rate: 10_000 }, { ring: undefined }).admitted).toBe('');
  });
});

describe('a closed gate', () => {
  const pieces = fc.constantFrom(
    ...'/ // . .. %2e %2F %5c \\ %00 % %25 %c0%af ; ? # + ~ é shop Shop %73hop public cart'.split(
      ' ',
    ),
    '_headgate/b/1042',
    ' ',
  );
  const texts = fc.oneof(fc.string(), fc.constantFrom('1~v~k2~', '1~s~k2~5~9~99~', '1~p~~~'));

  it('faults on nothing, since a fault would open it, and serves nothing protected', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }),
        texts,
        fc.boolean(),
        (parts, text, fetches) => {
          const visitor: Visitor = {
            ...stranger,
            path: `/${parts.join('')}`,
            query: text,
            headers: toFields(fetches ? {} : { 'sec-fetch-mode': 'navigate' }),
            cookies: toFields({ hg_preview: text, hg_priority: text, [ADMIT_COOKIE]: text }),
            method: 'GET',
            keys,
          };
          const decision = decide({ ...route, preview: 'signed', spa: 0, gate }, visitor);
          const [, file = ''] =
            /^\/shop\/builds\/1042(\/.*)$/.exec('uri' in decision ? decision.uri : '') ?? [];
          expect(decodeURIComponent(file)).not.toMatch(/^\/shop\/(?!public\/)/i);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

const BROWSER = { 'sec-fetch-mode': 'navigate', accept: 'text/html,*/*' };

it.each([
  ['a navigation', 'GET', BROWSER, true],
  ['a navigation that asks for headers', 'HEAD', BROWSER, true],
  ['a form', 'POST', BROWSER, false],
  ['an old browser', 'GET', { accept: 'text/html,*/*' }, true],
  ['a web view of Android', 'GET', { ...BROWSER, 'x-requested-with': 'com.example.app' }, true],
  ['a fetch', 'GET', { 'sec-fetch-mode': 'cors', accept: 'text/html' }, false],
  ['a fetch of the same origin', 'GET', { 'sec-fetch-mode': 'same-origin' }, false],
  [
    'an old XMLHttpRequest',
    'GET',
    { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' },
    false,
  ],
  ['a client of JSON', 'GET', { accept: 'application/json, */*' }, false],
  ['a script', 'GET', { 'sec-fetch-mode': 'no-cors', accept: '*/*' }, false],
  ['a client that says nothing', 'GET', {}, false],
])('knows who gets the waiting page: %s', (_name, method, headers, expected) => {
  const visitor = { ...stranger, method, headers: toFields(headers), keys };
  const held = meetGate({ ...route, gate }, visitor, '/shop/cart');
  expect(held && 'uri' in held).toBe(expected);
});

function toFields(values: Cookies): Fields {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const all = [value].flat().map((one) => ({ value: one }));
      const first = { value: all[0]?.value ?? '' };
      return [name, all.length > 1 ? { ...first, multiValue: all } : first];
    }),
  );
}
