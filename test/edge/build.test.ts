import { describe, expect, it } from 'vitest';
import { EDGE_FEATURES } from '../../edge/contract/features.ts';
import { budgetsOf, checkBudgets, composeEdge } from '../../edge/build.ts';

const bundle = await composeEdge([]);

describe('composeEdge', () => {
  it.each([
    [[]],
    [['pinned']],
    [['session', 'split', 'cohorts', 'pinned']],
    [['session', 'split', 'cohorts', 'signed']],
    [['session', 'split', 'cohorts', 'signed', 'pinned']],
    [['gate']],
    [['session', 'split', 'cohorts', 'signed', 'gate']],
    [['origins']],
    [['untrusted']],
    [['adopted']],
    [['beacon']],
    [['session', 'split', 'cohorts', 'signed', 'beacon']],
    [['session', 'split', 'cohorts', 'signed', 'gate', 'beacon']],
    [EDGE_FEATURES.filter((one) => one !== 'beacon')],
    [EDGE_FEATURES],
  ] as const)('keeps both functions in the budgets of %j', async (features) => {
    const composed = await composeEdge(features);
    expect(() => checkBudgets(composed, features)).not.toThrow();
  });

  it('leaves out what is not asked for', async () => {
    const { request, response } = await composeEdge(['session']);
    expect(request.code).toContain('hg_session');
    expect(response.code).toContain('hg_session');
    expect(bundle.request.code + bundle.response.code).not.toContain('hg_session');
    expect(bundle.request.code).not.toMatch(
      /crypto|createHmac|arms|cohorts|headgate\\\/b|origin|untrusted|root|console|errors/i,
    );
  });

  it('has the same hash for the same features in another order', async () => {
    const one = await composeEdge(['split', 'session']);
    expect((await composeEdge(['session', 'split'])).request.hash).toBe(one.request.hash);
  });

  it('names what takes the bytes when one is over', () => {
    const code = bundle.request.code.padEnd(budgetsOf([]).request + 1);
    expect(() => checkBudgets({ ...bundle, request: { ...bundle.request, code } }, [])).toThrow(
      /^edge function request: 4001 bytes, limit 4000\n +\d+ {2}edge\/core\/\w/,
    );
  });

  it('is the same bytes every time', async () => {
    expect(await composeEdge([])).toEqual(bundle);
  });

  it('is what CloudFront loads: one handler, no export, one import, no `await` among arguments', async () => {
    const { request } = await composeEdge(EDGE_FEATURES);
    expect(request.code).not.toMatch(/[(,]\s*await\b/);
    for (const { code } of [bundle.request, bundle.response]) {
      expect(code.match(/function handler\(/g)).toHaveLength(1);
      expect(code).not.toMatch(/\bexport\b/);
    }
    expect(bundle.request.code).toMatch(/^import [\w$]+ from"cloudfront";/);
    expect(bundle.response.code).not.toMatch(/\bimport\b/);
  });
});
