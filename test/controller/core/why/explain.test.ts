import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../edge/contract/route.ts';
import { renderVisitorWhy } from '../../../../controller/core/report/why.ts';
import { mac } from '../../../../controller/core/tokens/mac.ts';
import { explainVisitor } from '../../../../controller/core/why/explain.ts';
import { composeVisitor, type Described } from '../../../../controller/core/why/visitor.ts';
import { route } from '../../../vectors/edge.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const rolling: Route = {
  ...route,
  stable: ['1042', ''],
  canary: { build: ['1043', ''], weight: 500, salt: 57 },
  cohorts: [{ build: ['1041', ''], cookie: ['staff'] }],
  kept: [['1041', '']],
};
const gate: NonNullable<Route['gate']> = {
  paths: ['/checkout/*'],
  open: 1,
  rate: 4000,
  salt: 3,
  page: '/waiting/index.html',
  status: 429,
  idle: 600,
  cap: 3600,
};

function ask(given: Route, described: Partial<Described>): string {
  const nobody = { path: '/', slot: undefined, cookies: [], headers: [] };
  const all = { ...nobody, country: undefined, ip: undefined, ...described };
  const visitor = composeVisitor(all, NOW);
  if ('problem' in visitor) throw new Error(visitor.problem);
  const keys = { scope: 'shop~prod', mac, ring: undefined };
  const knowsSlot = 'hg_slot' in visitor.cookies;
  const told = explainVisitor(given, { ...visitor, keys }, knowsSlot);
  return renderVisitorWhy(told, 'shop.example.com');
}

describe('why', () => {
  it('tells the draw of a slot', () => {
    expect(ask(rolling, { slot: '7' })).toMatch(
      /gets build 1042, by stable\n {2}because .*slot 7 draws \d+ of 10000; it has those below 500 \(5 %, rollout 57\)\n {2}passed over: cohort 1 \(cookie staff\): does not match\n {2}fetched: \/shop\/builds\/1042\/index.html/,
    );
  });

  it.each<[string, Partial<Described>, RegExp]>([
    ['cohort', { cookies: ['staff=1'] }, /build 1041, by cohort\n.*cookie staff/],
    ['page', { path: '/logo.png', cookies: ['hg_build=1041'] }, /1041, by its page's build/],
    ['preview', { cookies: ['hg_preview=1041'] }, /1041, by preview\n.*previews are open/],
    ['crawler', { slot: '1', headers: ['user-agent=Googlebot'] }, /crawler/],
    ['pool', { path: '/assets/app.js' }, /from the pool/],
    ['override', { path: '/?override_build_number=off' }, /gets 302\n.*clean URL/],
    ['nothing', { path: '/_headgate/none' }, /gets 404/],
    [
      'unknown slot',
      {},
      /a new visitor[\s\S]*9[45]\.\d+ %: build 1042, by stable\n.* 1043, by canary/,
    ],
  ])('tells of %s', (_what, described, text) => {
    const canary = { build: ['1043', ''] as const, weight: 10_000, salt: 57 };
    const given = described.headers === undefined ? rolling : { ...rolling, canary };
    expect(ask(given, described)).toMatch(text);
  });

  it('tells who waits at the gate, and of how many new visitors', () => {
    const gated = { ...rolling, gate };
    const path = '/checkout/pay';
    expect(ask(gated, { path })).toMatch(/passed over: gate: of new visitors 40 % are let in/);
    const told = ['1', '2', '3', '4'].map((slot) => ask(gated, { path, slot }));
    expect(told.join('\n')).toMatch(/waits \(429\)\n {2}because .* lets in draws below 4000/);
    const closed = { ...gated, gate: { ...gate, open: 0 as const } };
    expect(ask(closed, { path, slot: '1' })).toMatch(/takes in nobody new without priority/);
  });

  it.each<[string, Partial<Described>]>([
    ['a cookie is', { cookies: ['staff'] }],
    ['a header is', { headers: ['nothing'] }],
    ['a path starts', { path: 'cart' }],
    ['a slot is', { slot: '1048576' }],
  ])('refuses what no visitor sends: %s', (problem, described) => {
    expect(() => ask(rolling, described)).toThrow(problem);
  });
});
