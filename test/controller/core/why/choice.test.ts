import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../edge/contract/route.ts';
import { SLOTS } from '../../../../edge/contract/visitor-line.ts';
import { chooseBuild } from '../../../../edge/core/choose-build.ts';
import type { Visitor } from '../../../../edge/core/visitor.ts';
import { explainChoice, sampleShares } from '../../../../controller/core/why/choice.ts';
import { composeVisitor } from '../../../../controller/core/why/visitor.ts';
import { NOW, route } from '../../../vectors/edge.ts';

const BUILDS = ['1', '2', '3', '4', '5'] as const;

const build = fc.constantFrom(...BUILDS).map((number) => [number, ''] as const);
const shares = fc.record({ build, weight: fc.nat(3000) });
const routes = fc
  .record({
    stable: build,
    kept: fc.array(build, { maxLength: 2 }),
    barred: fc.subarray([...BUILDS], { maxLength: 2 }),
    preview: fc.constantFrom('open' as const, 'off' as const),
    canary: fc.option(fc.record({ build, weight: fc.nat(10_000), salt: fc.nat(99) })),
    cohorts: fc.array(
      fc.record({
        build,
        cookie: fc.constantFrom(['staff'] as const, ['beta', '1'] as const),
      }),
      { maxLength: 3 },
    ),
    arms: fc.array(shares, { maxLength: 2 }),
    idle: fc.option(fc.constant(600)),
  })
  .map(({ canary, cohorts, arms, idle, ...rest }): Route => ({
    ...route,
    ...rest,
    ...(canary && { canary }),
    ...(cohorts.length > 0 && { cohorts }),
    ...(arms.length > 0 && { split: { salt: 7, arms } }),
    ...(idle !== null && { idle }),
  }));

const cookieValues = fc.constantFrom(...BUILDS, '9');
const visitors = fc
  .record({
    slot: fc.nat(SLOTS - 1),
    isPage: fc.boolean(),
    agent: fc.option(fc.constantFrom('Googlebot/2.1', 'Mozilla/5.0')),
    preview: fc.option(cookieValues),
    page: fc.option(cookieValues),
    session: fc.option(cookieValues),
    staff: fc.boolean(),
    beta: fc.option(fc.constantFrom('1', '2')),
  })
  .map(({ slot, isPage, agent, preview, page, session, staff, beta }): Visitor => {
    const cookies = [
      `hg_slot=${slot}`,
      ...(preview === null ? [] : [`hg_preview=${preview}`]),
      ...(page === null ? [] : [`hg_build=${page}`]),
      ...(session === null ? [] : [`hg_session=${session}.${(NOW - 60).toString(36)}`]),
      ...(staff ? ['staff=yes'] : []),
      ...(beta === null ? [] : [`beta=${beta}`]),
    ];
    const made = composeVisitor(
      {
        path: isPage ? '/' : '/logo.png',
        slot: undefined,
        cookies,
        headers: agent === null ? [] : [`user-agent: ${agent}`],
        country: undefined,
        ip: undefined,
      },
      new Date(NOW * 1000),
    );
    if (!('path' in made)) throw new Error(made.problem);
    return made;
  });

const OTHER = ['other', ''] as const;

/** The route with another build in this rule's place alone. */
function change(given: Route, rule: ReturnType<typeof explainChoice>['rule']): Route {
  const { canary, cohorts, split } = given;
  const replaceAt = <Entry extends object>(entries: readonly Entry[] = []): Entry[] =>
    entries.map((one, index) =>
      'index' in rule && index === rule.index ? { ...one, build: OTHER } : one,
    );
  switch (rule.kind) {
    case 'canary':
      return { ...given, ...(canary && { canary: { ...canary, build: OTHER } }) };
    case 'cohort':
      return { ...given, cohorts: replaceAt(cohorts) };
    case 'split':
      return { ...given, ...(split && { split: { ...split, arms: replaceAt(split.arms) } }) };
    case 'stable':
    case 'crawler':
      return { ...given, stable: OTHER };
    case 'preview':
    case 'page':
    case 'session':
      return given;
  }
}

describe('the rule that chose', () => {
  it('is the one whose build the edge serves: with another build there the visitor gets that', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(routes, visitors, (given, visitor) => {
        const choice = explainChoice(given, visitor);
        met.add(choice.rule.kind);
        expect(choice.build).toBe(chooseBuild(given, visitor));
        const isCookie = ['preview', 'page', 'session'].includes(choice.rule.kind);
        const changed = chooseBuild(change(given, choice.rule), visitor);
        expect(changed).toBe(isCookie ? choice.build : 'other');
      }),
      { numRuns: 1000 },
    );
    const all = ['canary', 'cohort', 'crawler', 'page', 'preview', 'session', 'split', 'stable'];
    expect([...met].toSorted()).toEqual(all);
  });

  it('is drawn in the shares of the route for visitors without a slot', () => {
    const arms = [{ build: ['4', ''] as const, weight: 1000 }];
    const canary = { build: ['2', ''] as const, weight: 5000, salt: 9 };
    const given: Route = { ...route, stable: ['1', ''], canary, split: { salt: 3, arms } };
    const described = { path: '/', slot: undefined, cookies: [], headers: [] };
    const visitor = composeVisitor(
      { ...described, country: undefined, ip: undefined },
      new Date(0),
    );
    if (!('path' in visitor)) throw new Error(visitor.problem);
    const told = sampleShares(given, visitor);
    const rules = told.map(({ build: number, rule }) => `${number} ${rule.kind}`);
    expect(rules.toSorted()).toEqual(['1 stable', '2 canary', '4 split']);
    for (const { rule, percent } of told) {
      expect(Math.abs(percent - (rule.kind === 'split' ? 10 : 45))).toBeLessThan(2);
    }
  });
});
