import { describe, expect, it } from 'vitest';
import { composeSnippet } from '../../edge/build-beacon.ts';

describe.each(['beacon', 'open-tab'] as const)('the script %s', (name) => {
  it('is small, may stand in HTML, and is the same every time', async () => {
    const text = await composeSnippet(name);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1000);
    // In whatever encoding the page is.
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(text).not.toMatch(/<\/|<!--/);
    expect(await composeSnippet(name)).toBe(text);
  });

  it('leaves no names behind', async () => {
    expect(await composeSnippet(name)).toMatch(/^\(\(\)=>\{.*\}\)\(\)$/);
  });
});
