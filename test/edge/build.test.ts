import { describe, expect, it } from 'vitest';
import { BUDGETS, checkBudgets, composeEdge } from '../../edge/build.ts';

const bundle = await composeEdge();

describe('composeEdge', () => {
  it('keeps both functions in their budgets', () => {
    expect(() => checkBudgets(bundle)).not.toThrow();
  });

  it('names what takes the bytes when one is over', () => {
    const code = bundle.request.code.padEnd(BUDGETS.request + 1);
    expect(() => checkBudgets({ ...bundle, request: { ...bundle.request, code } })).toThrow(
      /^edge function request: 4001 bytes, limit 4000\n +\d+ {2}edge\/core\/decide\.ts\n/,
    );
  });

  it('is the same bytes every time', async () => {
    expect(await composeEdge()).toEqual(bundle);
  });

  it('is what CloudFront loads: one handler, no export, one import', () => {
    for (const { code } of [bundle.request, bundle.response]) {
      expect(code.match(/function handler\(/g)).toHaveLength(1);
      expect(code).not.toMatch(/\bexport\b/);
    }
    expect(bundle.request.code).toMatch(/^import [\w$]+ from"cloudfront";/);
    expect(bundle.response.code).not.toMatch(/\bimport\b/);
  });
});
