import { describe, expect, it } from 'vitest';
import { createEdgeBundler } from '../../../../controller/adapters/edge/bundler.ts';
import { UsageError } from '../../../../controller/core/errors.ts';

describe('the edge bundler', () => {
  const bundler = createEdgeBundler();

  it('composes the same bundle once, and another one for other features', async () => {
    const bundle = await bundler.compose(['split']);
    expect(await bundler.compose(['split'])).toBe(bundle);
    expect(await bundler.compose(['cohorts'])).not.toEqual(bundle);
  });

  it('says where a team’s own code goes wrong', async () => {
    const before = { file: 'policies/viewer.js', text: 'function before( {' };
    const composed = bundler.compose([], before);
    await expect(composed).rejects.toBeInstanceOf(UsageError);
    await expect(composed).rejects.toThrow('policies/viewer.js');
  });
});
