import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Gate, Route } from '../../../edge/contract/route.ts';
import { SLOTS } from '../../../edge/contract/visitor-line.ts';
import { decide } from '../../../edge/core/decide.ts';
import type { Fields } from '../../../edge/core/fields.ts';
import { admit } from '../../../edge/core/gate.ts';
import { markGate } from '../../../edge/core/mark-gate.ts';
import { markResponse } from '../../../edge/core/mark-response.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';
import { full } from '../../depth.ts';
import { route } from '../../vectors/edge.ts';
import { gate } from '../../vectors/gate.ts';
import { keys, NOW } from '../../vectors/tokens.ts';

/** A page of 30 requests, of a browser that keeps its cookies, while the gate's rate goes up and down. */

const RATES = Array.from({ length: 100 }, (_, index) => (index + 1) * 100);

interface Step {
  /** In basis points, from this request on. */
  readonly rate: number;
  /** Since the last request. */
  readonly seconds: number;
  /** A navigation; else a file of the page. */
  readonly page: boolean;
  /** 0: nobody new. */
  readonly open?: 0;
}

const steps = fc.array(
  fc.record({
    rate: fc.constantFrom(0, ...RATES),
    // Now and then so long that the session must be signed anew.
    seconds: fc.oneof(fc.nat(3), fc.constant(400)),
    page: fc.boolean(),
  }),
  { minLength: 29, maxLength: 29 },
);

const gated = (change: Partial<Gate>): Route => ({ ...route, gate: { ...gate, ...change } });

interface Browser {
  readonly jar: Record<string, { readonly value: string }>;
  /** True when it is served what it asked for. */
  ask(step: Step): boolean;
}

/** Each request has an id that says nothing of the last one. */
function openBrowser(name: string): Browser {
  const jar: Browser['jar'] = {};
  let now = NOW;
  let requests = 0;
  const keep = (set: Fields) => {
    for (const [cookie, field] of Object.entries(set)) jar[cookie] = { value: field?.value ?? '' };
  };
  return {
    jar,
    ask({ rate, seconds, page, open }) {
      now += seconds;
      const visitor = { ...compose(page), cookies: { ...jar }, id: `${name}${requests++}`, now };
      const decision = decideAsHandler(gated({ rate, open: open ?? 1 }), visitor);
      // Answers don't reach viewer-response.
      if (!('uri' in decision)) return false;
      const marks = markGate(visitor, visitor.told || '');
      keep(
        markResponse(visitor, { type: page ? 'text/html' : '', build: decision.build ?? '' })
          .cookies,
      );
      keep(marks?.cookies ?? {});
      return marks?.status === undefined;
    },
  };
}

function compose(page: boolean): Visitor {
  const headers = { 'sec-fetch-mode': { value: page ? 'navigate' : 'no-cors' } };
  const path = page ? '/shop/cart' : '/shop/app.js';
  return { path, query: '', ip: '', headers, cookies: {}, id: '', now: NOW, method: 'GET' };
}

const stranger = compose(true);

/** Once without keys, and again with them when they were missed. */
function decideAsHandler(stored: Route, visitor: Visitor) {
  const own = { ...keys, ring: undefined, wanted: false };
  visitor.keys = own;
  const decision = decide(stored, visitor);
  if (!own.wanted) return decision;
  visitor.keys = Object.assign(own, { ring: keys.ring });
  return decide(stored, visitor);
}

/** The first of many strangers whose first request, without a cookie, is served or held as wanted. */
function findBrowser(
  rate: number,
  wanted: boolean,
  { seed, page }: { seed: number; page: boolean },
) {
  for (let index = 0; index < 3000; index++) {
    // CloudFront's ids are random from the start.
    const browser = openBrowser(`${Math.imul(seed + index + 1, 0x9e3779b1) >>> 0}`);
    if (browser.ask({ rate, seconds: 0, page }) === wanted) return browser;
  }
  throw new Error(`of 3000 strangers none was ${wanted ? 'served' : 'held'} at ${rate}`);
}

const start = fc.record({ seed: fc.nat(1e9), page: fc.boolean() });

it('at every rate, who is served the first request is served all 30, whatever the rate is by then', () => {
  for (const rate of RATES) {
    fc.assert(
      fc.property(start, steps, (first, rest) => {
        const browser = findBrowser(rate, true, first);
        const last: Step = { rate: 0, seconds: 1, page: false, open: 0 };
        const refused = [...rest, last].filter((step) => !browser.ask(step));
        expect({ rate, refused }).toEqual({ rate, refused: [] });
        // It is the session that serves them.
        delete browser.jar['__Host-hg_admit'];
        expect(browser.ask(last)).toBe(false);
      }),
      { numRuns: full ? 25 : 3 },
    );
  }
}, 300_000);

it('who is held gets in when the rate has risen far enough, at once and for good, and never by asking again', () => {
  fc.assert(
    fc.property(start, fc.constantFrom(...RATES.slice(0, -1)), steps, ({ seed }, rate, rest) => {
      const browser = findBrowser(rate, false, { seed, page: true });
      const slot = browser.jar['hg_slot']?.value ?? '';
      const again = [0, 1, 2, 3, 4].map((times) => ({ rate, seconds: 1, page: times % 2 === 0 }));
      const early = again.filter((step) => browser.ask(step));
      const draw = findDraw(Number(slot));
      let highest = rate;
      const wrong = rest.filter((step) => {
        highest = Math.max(highest, step.rate);
        return browser.ask(step) !== highest >= draw;
      });
      expect({ early, wrong }).toEqual({ early: [], wrong: [] });
    }),
    { numRuns: full ? 2000 : 100 },
  );
}, 300_000);

/** The lowest of the rates at which a slot gets in; they are asked in halves, since a higher one evicts nobody. */
function findDraw(slot: number): number {
  const visitor = withSlot(slot);
  let [low, high] = [0, RATES.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(RATES[middle] ?? 0, visitor)) high = middle;
    else low = middle + 1;
  }
  return RATES[low] ?? 0;
}

const gates = new Map(RATES.map((rate) => [rate, { ...gate, rate }]));

/** Keys are not asked for: they say nothing of the draw, and take most of the time. */
const keyless = { ...keys, ring: undefined, wanted: true };

function withSlot(slot: number): Visitor {
  return { ...stranger, cookies: { hg_slot: { value: String(slot) } }, keys: keyless };
}

function passes(rate: number, visitor: Visitor): boolean {
  return admit(gates.get(rate) ?? gate, visitor) === '';
}

it('admits at every rate the share that it says', () => {
  // Without a common factor with the number of slots: all of them at full depth, else some from everywhere.
  const count = full ? SLOTS : 20_000;
  const lowest = new Map<number, number>();
  for (let index = 0; index < count; index++) {
    const rate = findDraw((index * 7919) % SLOTS);
    lowest.set(rate, (lowest.get(rate) ?? 0) + 1);
  }
  let admitted = 0;
  const wrong = RATES.flatMap((rate) => {
    admitted += lowest.get(rate) ?? 0;
    const points = (admitted / count) * 100 - rate / 100;
    return Math.abs(points) < (full ? 0.2 : 1) ? [] : [`${rate}: ${points} points off`];
  });
  expect(wrong).toEqual([]);
  for (let slot = 0; slot < SLOTS; slot += full ? 997 : 99_991) {
    const visitor = withSlot(slot);
    const draw = findDraw(slot);
    expect(RATES.filter((rate) => passes(rate, visitor) !== rate >= draw)).toEqual([]);
  }
}, 300_000);
